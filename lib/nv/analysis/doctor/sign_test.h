// The sign test, input by input.
#pragma once

#include <cstdint>
#include <vector>

namespace nv::doctor {

/// Chance of at least `gains` heads in gains + losses throws of a coin.
double sign_test(std::int64_t gains, std::int64_t losses);

/// Chance that so many more inputs have a greater value in `b` than in `a` if both were equal; 1 if not more
/// have. NaN and equal values do not count. For right and wrong predictions it is McNemar's test, exact.
template <typename T>
double chance_of_gain(const std::vector<T>& a, const std::vector<T>& b) {
  std::int64_t gains = 0, losses = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    gains += b[i] > a[i] ? 1 : 0;
    losses += b[i] < a[i] ? 1 : 0;
  }
  return gains > losses ? sign_test(gains, losses) : 1;
}

}  // namespace nv::doctor
