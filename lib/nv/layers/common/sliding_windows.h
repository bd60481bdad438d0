// Where the windows of convolution and pooling layers lie on their input.
#pragma once

#include <optional>

#include "nv/kernels/windows.h"
#include "nv/layers/layer.h"
#include "nv/layers/options.h"

namespace nv {

/// How a layer over `axes` axes (1 sequences, 2 images, 3 volumes) sees its input, by [depth, height, width]
/// with 1 for the axes that there are not. Items are (axes..., channels).
struct Windows {
  enum class Padding {
    valid,  ///< none
    same,   ///< as TensorFlow does it: the odd position behind
    causal  ///< all of it before, so that no output sees what comes after it
  };

  int axes = 2;
  Triple kernel{1, 1, 1}, stride{1, 1, 1}, dilation{1, 1, 1};
  Padding padding = Padding::valid;

  /// Output size along an axis of [depth, height, width]; unknown stays unknown. Throws Error(input) where
  /// the window is larger than the input.
  std::int64_t output_size(std::size_t axis, std::int64_t input) const;
  /// Padding before the first position.
  std::int64_t before(std::size_t axis, std::int64_t input) const;
  /// Positions from the first that a window sees to the last, of an axis.
  std::int64_t extent(std::size_t axis) const { return (kernel[axis] - 1) * dilation[axis] + 1; }

  /// Shape of the output for an input item, with `channels`. Throws Error(input) as output_size.
  Shape output(const Shape& item, std::int64_t channels) const;
  /// Kernel sizes of the axes that there are, and then (inputs, outputs): the shape of a weight.
  Shape weight_shape(std::int64_t inputs, std::int64_t outputs) const;
  /// For receptive fields; nullopt for what is not an image.
  std::optional<Window> window(const Shape& item) const;
  /// The sizes for the kernels, for an input item.
  WindowSizes over(const Shape& item) const;
};

/// Sizes by axis as [depth, height, width], with `fill` for the axes that there are not.
Triple as_triple(std::span<const std::int64_t> sizes, std::int64_t fill = 1);
/// Sizes of an item of (axes..., channels) by [depth, height, width].
Triple positions_of(const Shape& item);
/// (axes..., channels) from sizes by [depth, height, width].
Shape as_item(const Triple& size, int axes, std::int64_t channels);

/// kernel_size, strides, dilation_rate and padding of a convolution.
Windows convolution_windows(Options& o, int axes);
/// pool_size, strides and padding.
Windows pooling_windows(Options& o, int axes);

}  // namespace nv
