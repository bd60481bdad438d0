// Difference of the two largest probabilities.
#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/analysis/rank/list.h"
#include "nv/analysis/rank/uncertainty.h"

namespace nv::rank {

Metric margin() {
  Metric metric =
      uncertainty("margin", "largest p - second largest, low first", "Scheffer 2001 (prediction confidence)",
                  [](std::span<const float> probabilities) {
                    double first = -1, second = -1;
                    for (const float value : probabilities) {
                      const auto p = static_cast<double>(value);
                      if (std::isnan(p)) return p;
                      second = std::max(second, std::min(first, p));
                      first = std::max(first, p);
                    }
                    return first - std::max(second, 0.0);
                  });
  metric.lowest_first = true;
  return metric;
}

}  // namespace nv::rank
