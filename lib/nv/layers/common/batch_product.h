// Matrix products of many matrices at once, as attention and matmul layers need them.
#pragma once

#include "nv/layers/layer.h"

namespace nv {

/// (count, m, k) times (count, k, n) is (count, m, n).
Tensor batch_product(const Tensor& a, const Tensor& b, Context& context);

/// The last two axes swapped.
Tensor swapped(const Tensor& x);

/// The tensor (batch first) with all but its last `trailing` axes as one.
Tensor as_matrices(const Tensor& x, int trailing = 2);

/// What attention does with scores and values. Matrices: scores and weights (count, queries, keys), values
/// (count, keys, channels).
struct Attending {
  Tensor weights;  ///< softmax of the scores along keys
  Tensor output;   ///< weights times values
};

/// `visible` (of the scores' shape, or empty for all) is 0 where a query must not see a key: its score then
/// counts as -infinity, or as that of every other key where a query sees none.
Attending attend(Tensor scores, const Tensor& visible, const Tensor& values, Context& context);

struct AttendingGradient {
  Tensor scores, values;
};
/// From the gradient to `output`.
AttendingGradient attend_vjp(const Tensor& weights, const Tensor& visible, const Tensor& values,
                             const Tensor& d_output, Context& context);
/// From the gradient to `weights`, to the scores.
Tensor attention_weights_vjp(const Tensor& weights, const Tensor& visible, const Tensor& d_weights);

/// 1 where key k <= query q, for scores of (count, queries, keys).
Tensor causal(const Shape& scores);

}  // namespace nv
