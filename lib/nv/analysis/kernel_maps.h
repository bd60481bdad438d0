// The kernels of a layer, one map per filter and input channel, for figures.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// `values`: filters x inputs x rows x cols. The filters of a dense layer are its units, of one row and
/// column; those of a depthwise layer are its output channels, with one input each. Slices of 3D kernels are
/// stacked along the rows.
struct KernelMaps {
  std::int64_t filters = 0, inputs = 0, rows = 1, cols = 1;
  std::vector<float> values;
};

/// Reads the kernels of a node's layer. Throws Error(usage) if it has none, with layers that have some as the
/// hint, and Error(input) if the file's weights do not fit or cannot be read.
KernelMaps kernel_maps(const Model& model, const Structure& structure, std::size_t node);

}  // namespace nv
