// Softmax, log_softmax and sparsemax of one row of logits, and their gradients. Independent of layers.
#pragma once

#include <span>

namespace nv {

/// Replaces each x of a non-empty row by exp(x - max(row)). Returns their sum, added up as TensorFlow does
/// (row_sum.h).
float exponentials(std::span<float> row);

/// In place. Scales by the inverse of the sum, as TensorFlow's softmax does; its cross-entropy divides
/// instead.
void softmax(std::span<float> row);
/// vjp, in place: `y` is the result of softmax, `d` its cotangent and then the gradient to the logits.
void softmax_vjp(std::span<const float> y, std::span<float> d);

/// In place: x - max - log(sum(exp(x - max))), the sum in double.
void log_softmax(std::span<float> row);
/// As softmax_vjp, `y` being the result of log_softmax.
void log_softmax_vjp(std::span<const float> y, std::span<float> d);

/// In place, as Keras computes it: like Martins & Astudillo (2016), but the threshold is taken from the sum
/// of the cumulative sums over the support, where the paper takes the last cumulative sum.
void sparsemax(std::span<float> row);
/// vjp, in place: `x` are the logits.
void sparsemax_vjp(std::span<const float> x, std::span<float> d);

}  // namespace nv
