#include "nv/layers/layer.h"

#include "nv/core/error.h"

namespace nv {

std::vector<Tensor> Layer::vjp(std::span<const Tensor>, const Tensor&, const Tensor&, Context&) const {
  throw_unsupported("it has no gradient");
}

std::vector<Tensor> ActivatedLayer::vjp(std::span<const Tensor> inputs, const Tensor& output,
                                        const Tensor& d_output, Context& context) const {
  if (activation_.linear()) return linear_vjp(inputs, d_output, context);
  // Most derivatives follow from the function's value; the others need its argument, which is computed again.
  const Tensor before = activation_.needs_input() ? linear(inputs, context) : output;
  const std::int64_t channels = output.shape().back();
  return linear_vjp(inputs, activation_.vjp(before.values(), output.values(), d_output, channels), context);
}

}  // namespace nv
