// The statistics in BatchNormalization layers, and how far data are from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "nv/analysis/doctor/channel_sums.h"
#include "nv/engine/engine.h"

namespace nv::doctor {

struct NormalizationLayer {
  std::size_t node = 0;
  std::size_t source = 0;  ///< the node whose output it normalises
  std::vector<double> mean, variance;
  bool untrained_statistics = false;  ///< every mean is 0 and every variance 1
  bool untrained_scale = true;        ///< every gamma is 1 and every beta 0, or it has none
};

/// All of a model in order of execution: of a shared layer its first call, and none whose weights are not in
/// the file.
std::vector<NormalizationLayer> normalization_layers(const Engine& engine);

/// Median over the channels of |ln(s / t)| + |m - n| / t: m and s are mean and standard deviation of the data
/// (`sums`: of the layer's source), n and t those that the layer holds (with Keras's epsilon of 0.001 in the
/// variances). 0 if they agree. NaN if the numbers of channels differ, or there are no data.
double distance(const NormalizationLayer& layer, const ChannelSums& sums);

}  // namespace nv::doctor
