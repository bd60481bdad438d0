// Checks and helpers for the shapes of inputs.
#pragma once

#include <initializer_list>
#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// Index from 0 of the item's axis that the option `axis` names (Keras counts the batch as axis 0; negative
/// ones count from the end). Throws Error(input) if there is no such axis.
int item_axis(std::int64_t axis, const Shape& item);

/// The product of sizes of an untrusted file. Throws Error(input) if it exceeds `max_operations`.
std::int64_t product(std::initializer_list<std::int64_t> sizes);
inline constexpr std::int64_t max_operations = std::int64_t{1} << 60;

/// The shapes of the tensors without their batch axis.
std::vector<Shape> item_shapes(std::span<const Tensor> batches);

/// The only input's shape. Throws Error(input) unless there is exactly one, with `rank` axes if given.
const Shape& single_input(std::span<const Shape> inputs, int rank);
const Shape& single_input(std::span<const Shape> inputs);

/// Whether two sizes may be equal: an unknown one fits any.
inline bool sizes_fit(std::int64_t a, std::int64_t b) {
  return a == b || a == Shape::unknown || b == Shape::unknown;
}

}  // namespace nv
