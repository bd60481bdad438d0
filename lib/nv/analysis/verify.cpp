#include "nv/analysis/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace nv {

Deviation compare(const std::string& key, std::size_t order, const Tensor& got, const Tensor& expected) {
  Deviation d;
  d.key = key;
  d.order = order;
  if (!(got.shape() == expected.shape())) {
    d.problem = fmt::format("shape {}, expected {}", got.shape().str(), expected.shape().str());
    return d;
  }
  double off = 0;
  for (std::int64_t i = 0; i < got.size(); ++i) {
    const bool nan = std::isnan(expected[i]);
    if (nan != std::isnan(got[i])) {
      d.problem = nan ? "a number where NaN is expected" : "NaN where a number is expected";
      return d;
    }
    if (nan || got[i] == expected[i]) continue;
    off = std::max(off, std::abs(static_cast<double>(got[i]) - static_cast<double>(expected[i])));
  }
  for (std::int64_t i = 0; i < expected.size(); ++i)
    if (!std::isnan(expected[i])) d.largest = std::max(d.largest, std::abs(static_cast<double>(expected[i])));
  d.error = off / std::max(d.largest, 1e-6);
  if (std::isnan(d.error)) d.error = INFINITY;  // an infinite value where another is expected
  return d;
}

}  // namespace nv
