#include "nv/layers/attention/attend.h"

#include <utility>

#include "nv/layers/common/activation.h"
#include "nv/layers/common/batch_product.h"

namespace nv {

namespace {
const Activation& softmax_along_keys() {
  static const Activation softmax = Activation::parse("softmax", {}, {});
  return softmax;
}
}  // namespace

AttentionResult attend(Tensor scores, const Tensor& visible, const Tensor& values, Context& context) {
  if (!visible.empty())
    for (std::int64_t i = 0; i < scores.size(); ++i)
      if (visible[i] == 0) scores[i] = -1e30F;
  softmax_along_keys().apply(scores.values(), scores.shape().back());
  Tensor output = batch_product(scores, values, context);
  return {std::move(scores), std::move(output)};
}

AttentionGradient attend_vjp(const Tensor& weights, const Tensor& visible, const Tensor& values,
                             const Tensor& d_output, Context& context) {
  const Tensor d_weights = batch_product(d_output, transposed_matrices(values), context);
  return {attention_weights_vjp(weights, visible, d_weights),
          batch_product(transposed_matrices(weights), d_output, context)};
}

Tensor attention_weights_vjp(const Tensor& weights, const Tensor& visible, const Tensor& d_weights) {
  Tensor d_scores =
      softmax_along_keys().vjp(weights.values(), weights.values(), d_weights, weights.shape().back());
  if (!visible.empty())
    for (std::int64_t i = 0; i < d_scores.size(); ++i)
      if (visible[i] == 0) d_scores[i] = 0;
  return d_scores;
}

Tensor causal_mask(const Shape& scores) {
  Tensor visible(scores);
  const std::int64_t queries = scores[1], keys = scores[2];
  for (std::int64_t i = 0; i < visible.size(); ++i) visible[i] = i % keys <= i / keys % queries ? 1.0F : 0.0F;
  return visible;
}

}  // namespace nv
