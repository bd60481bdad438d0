// How one value of a layer's output comes about: patch, kernel, bias.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nv/analysis/kernel_maps.h"
#include "nv/engine/engine.h"

namespace nv {

/// One value of a convolution or a dense layer: activation(sum + bias).
struct Arithmetic {
  float value = 0;  ///< as in the trace
  double sum = 0;   ///< of patch times kernel, in double precision
  float bias = 0;
  std::string activation;  ///< "" for none
  /// Sizes of patch and kernel, whose values are in the order (row, column, input channel); a dense layer has
  /// 1 x 1.
  std::int64_t height = 1, width = 1, channels = 0;
  std::vector<float> patch;  ///< 0 in the padding
  std::vector<float> kernel;
};

/// Whether values of the node can be taken apart: Dense, Conv2D, DepthwiseConv2D, in either data format, with
/// any stride, padding, dilation and groups.
bool has_arithmetic(const Model& model, const Structure& structure, std::size_t node);

/// The value of `channel` at (row, column) of item 0 of `trace`, a pass that holds the node and its input. A
/// dense layer that works on vectors has row and column 0. `kernels`: kernel_maps of the node. Throws
/// Error(usage) for a node without arithmetic and for a place that the output does not have.
Arithmetic arithmetic(const Engine& engine, const Trace& trace, std::size_t node, const KernelMaps& kernels,
                      std::int64_t channel, std::int64_t row, std::int64_t column);

}  // namespace nv
