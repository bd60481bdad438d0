// What layers say of the shapes that they take.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// The axis of an item that the option `axis` means: Keras counts the batch as axis 0, and from the end below
/// 0. Throws Error(input) where there is none such.
int item_axis(std::int64_t axis, const Shape& item);

/// The product of sizes; throws Error(input) where it passes `most_operations` (a hostile file).
std::int64_t product(std::initializer_list<std::int64_t> sizes);
inline constexpr std::int64_t most_operations = std::int64_t{1} << 60;

/// The shapes of tensors without their batch.
std::vector<Shape> item_shapes(std::span<const Tensor> batches);

/// Throws Error(input) unless there is one input and it has `rank` axes.
const Shape& single_input(std::span<const Shape> inputs, int rank);
const Shape& single_input(std::span<const Shape> inputs);

}  // namespace nv
