// What convolutions and poolings share: where windows lie on the input.
#pragma once

#include <array>
#include <initializer_list>
#include <span>
#include <string>

#include "nv/core/shape.h"
#include "nv/kernels/conv2d.h"
#include "nv/layers/layer.h"

namespace nv {

using Pair = std::array<std::int64_t, 2>;

/// Kernel, stride, dilation and padding of a two-dimensional layer, as Keras's options give them.
struct Windows {
  Pair kernel{1, 1}, stride{1, 1}, dilation{1, 1};
  bool same = false;  ///< padding "same": as TensorFlow does it, the odd pixel below and to the right

  /// Output size along one axis (0 height, 1 width); unknown stays unknown. Throws Error(input) where the
  /// window is larger than the input.
  std::int64_t output_size(int axis, std::int64_t input) const;
  /// Padding above or to the left.
  std::int64_t before(int axis, std::int64_t input) const;

  Window window(const Shape& input) const;
  /// The sizes for the kernels, for an input of (height, width, channels).
  Window2D over(const Shape& input) const;

 private:
  std::int64_t extent(int axis) const {
    return (kernel[static_cast<std::size_t>(axis)] - 1) * dilation[static_cast<std::size_t>(axis)] + 1;
  }
};

/// The axis of an item that the option `axis` means: Keras counts the batch as axis 0, and from the end below
/// 0. Throws Error(input) where there is none such.
int item_axis(std::int64_t axis, const Shape& item);

/// The product of sizes; throws Error(input) where it passes `most_operations` (a hostile file).
std::int64_t product(std::initializer_list<std::int64_t> sizes);
inline constexpr std::int64_t most_operations = std::int64_t{1} << 60;

/// Throws Error(input) unless there is one input and it has `rank` axes.
const Shape& single_input(std::span<const Shape> inputs, int rank);
const Shape& single_input(std::span<const Shape> inputs);

}  // namespace nv
