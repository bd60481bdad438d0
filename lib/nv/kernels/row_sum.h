// The sum of a row, in the order of additions that TensorFlow takes.
#pragma once

#include <span>

namespace nv {

// Where a softmax is saturated, the sum of its exponentials is 1 and a little, and what reaches the input in
// a gradient is 1 minus its inverse: nearly all of it is how float32 rounded that sum. Keras's gradients can
// then only be had, to more than two digits, by adding in the same order.

/// As Eigen adds up the values of a tensor's last axis with eight lanes, which TensorFlow uses for
/// reductions, in softmax (where oneDNN, whose order depends on the machine, is off) and in the
/// cross-entropy: whole groups of eight lane by lane (four groups at a time first), then the lanes by halves,
/// then the values that are left.
float eigen_sum(std::span<const float> row);

}  // namespace nv
