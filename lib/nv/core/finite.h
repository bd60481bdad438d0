// Whether numbers are finite.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>

namespace nv {

/// Whether no value is NaN or infinite.
inline bool all_finite(std::span<const float> values) {
  return std::ranges::all_of(values, [](float v) { return std::isfinite(v); });
}

}  // namespace nv
