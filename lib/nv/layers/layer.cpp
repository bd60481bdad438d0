#include "nv/layers/layer.h"

#include "nv/core/error.h"

namespace nv {

std::vector<Tensor> Layer::vjp(std::span<const Tensor>, const Tensor&, const Tensor&, Context&) const {
  throw_unsupported("it has no gradient");
}

std::vector<Tensor> ActivatedLayer::vjp(std::span<const Tensor> inputs, const Tensor& output,
                                        const Tensor& d_output, Context& context) const {
  if (activation_.linear()) return linear_vjp(inputs, d_output, context);
  Tensor d = d_output.clone();
  // Most functions' derivatives can be told from their value; the others need what went in, computed once
  // more.
  const Tensor before = activation_.needs_input() ? linear(inputs, context) : output;
  activation_.vjp(before.values(), output.values(), d.values(), output.shape().back());
  return linear_vjp(inputs, d, context);
}

}  // namespace nv
