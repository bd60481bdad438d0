#include "nv/layers/spatial.h"

#include <algorithm>

#include "nv/core/error.h"

namespace nv {

std::int64_t Windows::output_size(int axis, std::int64_t input) const {
  if (input == Shape::unknown) return input;
  const std::int64_t step = stride[static_cast<std::size_t>(axis)];
  if (same) return (input + step - 1) / step;
  if (input < extent(axis))
    throw_input("its window of {} does not fit into an input of {}", extent(axis), input);
  return (input - extent(axis)) / step + 1;
}

std::int64_t Windows::before(int axis, std::int64_t input) const {
  if (!same || input == Shape::unknown) return 0;
  const std::int64_t reach =
      (output_size(axis, input) - 1) * stride[static_cast<std::size_t>(axis)] + extent(axis);
  return std::max<std::int64_t>(reach - input, 0) / 2;
}

Window Windows::window(const Shape& input) const {
  return {{extent(0), extent(1)}, stride, {before(0, input[0]), before(1, input[1])}};
}

Window2D Windows::over(const Shape& input) const {
  Window2D w;
  w.in = {input[0], input[1]};
  w.out = {output_size(0, input[0]), output_size(1, input[1])};
  w.kernel = kernel;
  w.stride = stride;
  w.dilation = dilation;
  w.before = {before(0, input[0]), before(1, input[1])};
  w.channels = input[2];
  return w;
}

int item_axis(std::int64_t axis, const Shape& item) {
  const std::int64_t a = axis < 0 ? axis + item.rank() : axis - 1;
  if (a < 0 || a >= item.rank()) throw_input("option axis is {}, of an input of {}", axis, item.str());
  return static_cast<int>(a);
}

std::int64_t product(std::initializer_list<std::int64_t> sizes) {
  std::int64_t n = 1;
  for (const std::int64_t size : sizes) {
    if (size > 0 && n > most_operations / size) throw_input("its sizes are too large");
    n *= size;
  }
  return n;
}

const Shape& single_input(std::span<const Shape> inputs) {
  if (inputs.size() != 1) throw_input("it takes one input, not {}", inputs.size());
  return inputs[0];
}

const Shape& single_input(std::span<const Shape> inputs, int rank) {
  const Shape& shape = single_input(inputs);
  if (shape.rank() != rank) throw_input("it takes an input of {} axes, not {}", rank, shape.str());
  return shape;
}

}  // namespace nv
