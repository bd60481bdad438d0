#include "nv/layers/layer.h"

#include <algorithm>

#include "nv/core/error.h"

namespace nv {

std::vector<Tensor> Layer::vjp(std::span<const Tensor>, const Tensor&, const Tensor&, Context&) const {
  throw_unsupported("it has no gradient");
}

Layer::Positions Layer::seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                                   std::int64_t position) const {
  const auto w = window(inputs[k]);
  if (!w || axis > 1) return std::nullopt;
  const auto a = static_cast<std::size_t>(axis);
  const std::int64_t first = position * w->stride[a] - w->before[a];
  std::vector<std::int64_t> seen;
  for (std::int64_t p = std::max<std::int64_t>(first, 0); p < std::min(first + w->size[a], inputs[k][axis]);
       ++p)
    seen.push_back(p);
  return seen;
}

std::vector<std::int64_t> same_position(const Shape& input, int axis, std::int64_t position) {
  return {input[axis] == 1 ? 0 : position};
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
