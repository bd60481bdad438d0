// Summary numbers of tensors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

struct Statistics {
  float min = 0, max = 0, mean = 0, std = 0;  ///< std: of the population; NaN where a value is NaN
  double zeros = 0;                           ///< share of values that are exactly 0
};

/// Of nothing: all 0.
Statistics statistics(std::span<const float> values);

/// Largest |x|; 0 of nothing, NaN if a value is NaN.
float largest_magnitude(std::span<const float> values);

struct Histogram {
  float lo = 0, hi = 0;              ///< of the first and last bin
  std::vector<std::int64_t> counts;  ///< equal bins; values that are not finite are left out
};
Histogram histogram(std::span<const float> values, std::size_t bins);

/// One channel's values as a picture, or all units of a vector.
struct FeatureMap {
  std::int64_t channel = 0;
  std::int64_t rows = 0, cols = 0;
  std::vector<float> values;  ///< row-major
  bool dead = false;          ///< every value is 0
};

/// An item's output, channel by channel: (H, W, C) or (C, H, W) as C maps of H x W; (T, C) as C maps of 1 x
/// T; (D, H, W, C) as C maps of D * H x W, slices below each other; a vector of n as n maps of one value.
std::vector<FeatureMap> feature_maps(const Tensor& item, bool channels_first);

std::int64_t channel_count(const Shape& item, bool channels_first);

/// Channels whose every value is 0, ascending.
std::vector<std::int64_t> dead_channels(const Tensor& item, bool channels_first);

}  // namespace nv
