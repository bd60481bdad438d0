// How two outputs of one layer differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

struct ChannelDifference {
  std::int64_t channel = 0;
  double l2 = 0;
};

/// Of B against A, all numbers of one item, in double precision.
struct Difference {
  double l2 = 0;           ///< |b - a|
  double relative_l2 = 0;  ///< |b - a| / |a|: 0 where b = a, infinite where only a is all 0
  double linf = 0;         ///< largest |b - a|
  double mean_abs = 0;
  double cosine = 0;   ///< of the angle between a and b; NaN where one is all 0
  double pearson = 0;  ///< correlation; NaN where one is constant
  /// Mean structural similarity (Wang et al. 2004) as scikit-image computes it by default: windows of 7 x 7,
  /// K1 0.01, K2 0.03, sample covariance, the mean over channels; the data range is that of A and B together
  /// (`range`). nullopt where the layer has no maps of 7 x 7 or more.
  std::optional<double> ssim;
  double range = 0;
  double changed_share = 0;                 ///< share of numbers that are not the same
  std::vector<ChannelDifference> channels;  ///< all, those that differ most first
};

/// Both of one shape without the batch axis; throws Error(input) where they are not.
Difference difference(const Tensor& a, const Tensor& b, bool channels_first);

/// A figure by its name in JSON: "l2", "relative_l2", "linf", "mean_abs", "cosine", "pearson", "ssim". Throws
/// Error(usage) with the names as the hint. NaN where it has no meaning.
double figure(const Difference& difference, std::string_view name);

}  // namespace nv
