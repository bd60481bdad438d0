// Statistics of tensors.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// Of all values of a tensor.
struct Statistics {
  float min = 0, max = 0, mean = 0, std = 0;  ///< std: of the population; NaN if a value is NaN
  double zeros = 0;                           ///< share of values that are exactly 0
};

/// All 0 for no values.
Statistics statistics(std::span<const float> values);

/// Largest |x|; 0 for no values, NaN if a value is NaN.
float largest_magnitude(std::span<const float> values);

/// Counts of values in bins of equal width.
struct Histogram {
  float lo = 0, hi = 0;              ///< lower edge of the first bin, upper edge of the last
  std::vector<std::int64_t> counts;  ///< bins of equal width; values that are not finite are left out
};
/// From the smallest to the largest finite value in `bins` bins, at least one.
Histogram histogram(std::span<const float> values, std::size_t bins);

/// The values of one channel as a map, or one unit of a vector.
struct FeatureMap {
  std::int64_t channel = 0;
  std::int64_t rows = 0, cols = 0;
  std::vector<float> values;  ///< row-major
  bool dead = false;          ///< all values are 0
};

/// The maps of an item's output: (H, W, C) or (C, H, W) as C maps of H x W; (T, C) as C maps of 1 x T;
/// (D, H, W, C) as C maps of D * H x W; a vector of n units as n maps of one value.
std::vector<FeatureMap> feature_maps(const Tensor& item, bool channels_first);

/// The size of the last axis, or with `channels_first` of the first one of several; 1 for a scalar.
std::int64_t channel_count(const Shape& item, bool channels_first);

/// Channels whose values are all 0, ascending.
std::vector<std::int64_t> dead_channels(const Tensor& item, bool channels_first);

}  // namespace nv
