// The part that all attention layers share: softmax of scores, times values. Matrices: scores and weights are
// (count, queries, keys), values are (count, keys, channels).
#pragma once

#include "nv/layers/layer.h"

namespace nv {

/// Of a batch of queries; shapes as above.
struct AttentionResult {
  Tensor weights;  ///< softmax of the scores along keys
  Tensor output;   ///< weights times values: (count, queries, channels)
};

/// `visible`, of the scores' shape, is 0 where a query must not see a key, or empty if all are seen. A masked
/// score counts as -1e30, so that a query that sees no key weights all of them alike.
AttentionResult attend(Tensor scores, const Tensor& visible, const Tensor& values, Context& context);

/// Gradients, of the shapes of what they are gradients to.
struct AttentionGradient {
  Tensor scores, values;
};
/// vjp of attend for a cotangent of `output`; `weights` are those of the result.
AttentionGradient attend_vjp(const Tensor& weights, const Tensor& visible, const Tensor& values,
                             const Tensor& d_output, Context& context);
/// The gradient to the scores for a cotangent of `weights`.
Tensor attention_weights_vjp(const Tensor& weights, const Tensor& visible, const Tensor& d_weights);

/// The causal mask for scores of (count, queries, keys): 1 for key k <= query q, else 0.
Tensor causal_mask(const Shape& scores);

}  // namespace nv
