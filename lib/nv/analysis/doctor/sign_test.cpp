#include "nv/analysis/doctor/sign_test.h"

#include <algorithm>
#include <cmath>

namespace nv::doctor {

double sign_test(std::int64_t gains, std::int64_t losses) {
  const auto n = static_cast<double>(gains + losses);
  double chance = 0;
  for (std::int64_t k = gains; k <= gains + losses; ++k) {
    const auto j = static_cast<double>(k);
    chance += std::exp(std::lgamma(n + 1) - std::lgamma(j + 1) - std::lgamma(n - j + 1) - n * std::log(2.0));
  }
  return std::min(chance, 1.0);
}

}  // namespace nv::doctor
