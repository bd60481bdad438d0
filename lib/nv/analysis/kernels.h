// The kernels of a layer, as pictures show them.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/layers/structure.h"
#include "nv/model/model.h"

namespace nv {

/// `values` are filters x inputs x rows x cols. A dense layer's filters are its units, of one row and column;
/// a depthwise one's are its channels, each with one input; slices of three dimensions stand below each
/// other.
struct Kernels {
  std::int64_t filters = 0, inputs = 0, rows = 1, cols = 1;
  std::vector<float> values;
};

/// Reads them. Throws Error(usage) where the layer has none, naming those that have, and Error(input) where
/// the file's do not fit or cannot be read.
Kernels kernels_of(const Model& model, const Structure& structure, std::size_t node);

}  // namespace nv
