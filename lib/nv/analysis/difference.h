// How two outputs of one layer differ.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// |b - a| over one channel of an item.
struct ChannelDifference {
  std::int64_t channel = 0;
  double l2 = 0;
};

/// Of b against a, over all numbers of one item, in double precision.
struct Difference {
  double l2 = 0;           ///< |b - a|
  double relative_l2 = 0;  ///< |b - a| / |a|: 0 if b = a, infinite if only a is all 0
  double linf = 0;         ///< largest |b - a|
  double mean_abs = 0;
  double cosine = 0;   ///< of the angle between a and b; NaN if one is all 0
  double pearson = 0;  ///< correlation; NaN if one is constant
  /// Mean structural similarity (Wang et al. 2004) as scikit-image computes it by default: windows of 7 x 7,
  /// K1 0.01, K2 0.03, sample covariance, mean over channels; the data range is that of a and b together
  /// (`range`). nullopt if the output is not maps of at least 7 x 7.
  std::optional<double> ssim;
  double range = 0;
  double changed_share = 0;                 ///< share of numbers that differ
  std::vector<ChannelDifference> channels;  ///< all, largest difference first
};

/// a and b have no batch axis. Throws Error(input) if their shapes differ.
Difference difference(const Tensor& a, const Tensor& b, bool channels_first);

/// A figure by its name in JSON: "l2", "relative_l2", "linf", "mean_abs", "cosine", "pearson", "ssim". Throws
/// Error(usage) with the names as the hint. NaN if it is not defined.
double figure(const Difference& difference, std::string_view name);

}  // namespace nv
