// The sum of a row, added up in TensorFlow's order.
#pragma once

#include <span>

namespace nv {

// Where a softmax is saturated, the sum of its exponentials is slightly above 1, and the gradient to its
// input is 1 minus the inverse of that sum: almost all of it is rounding of float32. Only the same order of
// additions reproduces Keras's gradients to more than two digits.

/// The sum as Eigen computes it along a tensor's last axis with eight lanes, which TensorFlow uses in
/// reductions, softmax (with oneDNN off, whose order depends on the machine) and cross-entropy: whole groups
/// of eight lane by lane, four groups at a time first; then the lanes by halves; then the remaining values.
float eigen_sum(std::span<const float> row);

}  // namespace nv
