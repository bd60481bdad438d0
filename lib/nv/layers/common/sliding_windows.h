// The windows of convolution and pooling layers.
#pragma once

#include <optional>

#include "nv/kernels/windows.h"
#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

/// Kernel, stride, dilation and padding of a layer over `axes` axes (1 for sequences, 2 for images, 3 for
/// volumes), by [depth, height, width] with 1 for absent axes. Items are (axes..., channels).
struct SlidingWindows {
  enum class Padding {
    valid,  ///< none
    same,   ///< as in TensorFlow: an odd number has the larger half after the last position
    causal  ///< all before the first position, so that no output depends on later positions
  };

  int axes = 2;
  Triple kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1};
  Padding padding = Padding::valid;

  /// Output size along an axis of [depth, height, width]; unknown stays unknown. Throws Error(input) if the
  /// window is larger than the input.
  std::int64_t output_size(std::size_t axis, std::int64_t input) const;
  /// Padding before the first position.
  std::int64_t before(std::size_t axis, std::int64_t input) const;
  /// Size of the window including dilation.
  std::int64_t extent(std::size_t axis) const { return (kernel[axis] - 1) * dilation[axis] + 1; }

  /// Shape of the output for an input item, with `channels`. Throws as output_size.
  Shape output(const Shape& item, std::int64_t channels) const;
  /// Shape of a weight: the kernel's sizes along the layer's axes, then (inputs, outputs).
  Shape weight_shape(std::int64_t inputs, std::int64_t outputs) const;
  /// For receptive fields; nullopt for items that are not images.
  std::optional<SpatialWindow> window(const Shape& item) const;
  /// For Layer::seen_along, without the gaps of a dilated kernel; for images.
  Layer::Positions seen_along(const Shape& item, int axis, std::int64_t position) const;
  /// The sizes for the kernels, for an input item.
  WindowSizes over(const Shape& item) const;
};

/// The array positions of taps, ascending.
std::vector<std::int64_t> input_positions(const TapRange& taps);

/// Sizes as [depth, height, width], with `fill` for absent axes.
Triple as_triple(std::span<const std::int64_t> sizes, std::int64_t fill = 1);
/// Sizes [depth, height, width] of an item (axes..., channels).
Triple positions_of(const Shape& item);
/// The item (axes..., channels) for sizes [depth, height, width].
Shape as_item(const Triple& size, int axes, std::int64_t channels);

/// From the options kernel_size, strides, dilation_rate and padding.
SlidingWindows convolution_windows(LayerOptions& o, int axes);
/// From the options pool_size, strides and padding.
SlidingWindows pooling_windows(LayerOptions& o, int axes);

}  // namespace nv
