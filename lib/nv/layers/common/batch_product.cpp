#include "nv/layers/common/batch_product.h"

#include <array>
#include <numeric>
#include <vector>

#include "nv/core/error.h"
#include "nv/kernels/gemm.h"
#include "nv/kernels/transpose.h"

namespace nv {

Tensor batch_product(const Tensor& a, const Tensor& b, Context& context) {
  const std::int64_t count = a.shape()[0], m = a.shape()[1], k = a.shape()[2], n = b.shape()[2];
  if (b.shape()[0] != count || b.shape()[1] != k)
    throw_input("matrices of {} and {} do not fit together", a.shape().str(), b.shape().str());
  Tensor c(Shape{count, m, n});
  context.pool.for_each(count, [&](std::int64_t i) {
    multiply({a.data() + i * m * k, m, k, k}, {b.data() + i * k * n, k, n, n},
             {c.data() + i * m * n, m, n, n}, context.pool);
  });
  return c;
}

Tensor swapped(const Tensor& x) {
  std::vector<int> order(static_cast<std::size_t>(x.shape().rank()));
  std::iota(order.begin(), order.end(), 0);
  std::swap(order[order.size() - 2], order.back());
  return transpose(x, order);
}

Tensor as_matrices(const Tensor& x, int trailing) {
  std::vector<std::int64_t> axes{1};
  for (int a = 0; a < x.shape().rank(); ++a) {
    if (a < x.shape().rank() - trailing)
      axes[0] *= x.shape()[a];
    else
      axes.push_back(x.shape()[a]);
  }
  return x.reshaped(Shape(std::span<const std::int64_t>(axes)));
}

Attending attend(Tensor scores, const Tensor& visible, const Tensor& values, Context& context) {
  if (!visible.empty())
    for (std::int64_t i = 0; i < scores.size(); ++i)
      if (visible[i] == 0) scores[i] = -1e30F;
  static const Activation softmax = Activation::parse("softmax", {}, {});
  softmax.apply(scores.values(), scores.shape().back());
  Tensor output = batch_product(scores, values, context);
  return {std::move(scores), std::move(output)};
}

AttendingGradient attend_vjp(const Tensor& weights, const Tensor& visible, const Tensor& values,
                             const Tensor& d_output, Context& context) {
  return {attention_weights_vjp(weights, visible, batch_product(d_output, swapped(values), context)),
          batch_product(swapped(weights), d_output, context)};
}

Tensor attention_weights_vjp(const Tensor& weights, const Tensor& visible, const Tensor& d_weights) {
  static const Activation softmax = Activation::parse("softmax", {}, {});
  Tensor d_scores = softmax.vjp(weights.values(), weights.values(), d_weights, weights.shape().back());
  if (!visible.empty())
    for (std::int64_t i = 0; i < d_scores.size(); ++i)
      if (visible[i] == 0) d_scores[i] = 0;
  return d_scores;
}

Tensor causal(const Shape& scores) {
  Tensor visible(scores);
  const std::int64_t queries = scores[1], keys = scores[2];
  for (std::int64_t i = 0; i < visible.size(); ++i) visible[i] = i % keys <= i / keys % queries ? 1.0F : 0.0F;
  return visible;
}

}  // namespace nv
