#include "nv/layers/common/shapes.h"

#include "nv/core/error.h"

namespace nv {

int item_axis(std::int64_t axis, const Shape& item) {
  const std::int64_t a = axis < 0 ? axis + item.rank() : axis - 1;
  if (a < 0 || a >= item.rank()) throw_input("option axis is {}, of an input of {}", axis, item.str());
  return static_cast<int>(a);
}

std::int64_t product(std::initializer_list<std::int64_t> sizes) {
  std::int64_t n = 1;
  for (const std::int64_t size : sizes) {
    if (size > 0 && n > max_operations / size) throw_input("its sizes are too large");
    n *= size;
  }
  return n;
}

std::vector<Shape> item_shapes(std::span<const Tensor> batches) {
  std::vector<Shape> shapes;
  for (const Tensor& x : batches) shapes.push_back(x.shape().item());
  return shapes;
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
