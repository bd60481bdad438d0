#include "nv/layers/layer.h"

#include <algorithm>
#include <array>

#include "nv/core/error.h"
#include "nv/layers/common/pieces.h"

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

Tensor forward_by_rows(const Layer& layer, std::span<const Tensor> inputs, const Context& context) {
  Tensor y = context.output(inputs[0].shape());
  const std::int64_t channels = std::max<std::int64_t>(y.shape().back(), 1);
  for_pieces(y.size(), channels, context.pool, [&](std::int64_t first, std::int64_t count) {
    std::array<const float*, 8> few{};
    std::vector<const float*> many(inputs.size() > few.size() ? inputs.size() : 0);
    const std::span<const float*> from = many.empty() ? std::span(few).first(inputs.size()) : std::span(many);
    for (std::size_t k = 0; k < inputs.size(); ++k) from[k] = inputs[k].data() + first;
    layer.compute_rows(from, count, channels, y.data() + first);
    context.finished(first, count);
  });
  return y;
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
