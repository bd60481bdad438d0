#include "nv/layers/operations/view_operation.h"

#include "nv/layers/common/shapes.h"

namespace nv {

namespace {
/// The view of a batch of shape `from`: of each item in turn.
View of_batch(const View& item_view, const Shape& from) {
  View view = item_view;
  view.axes.insert(view.axes.begin(), {from[0], from.item().elements()});
  return view;
}
}  // namespace

Shape ViewOperation::shape(std::span<const Shape> inputs) const {
  return view(single_input(inputs)).shape;
}

Tensor ViewOperation::forward(std::span<const Tensor> inputs, Context&) const {
  const Shape& from = inputs[0].shape();
  const ItemView item = view(from.item());
  return gather(inputs[0], of_batch(item.view, from), item.shape.batched(from[0]));
}

std::vector<Tensor> ViewOperation::vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                                       Context&) const {
  const Shape& from = inputs[0].shape();
  return {scatter(d_output, of_batch(view(from.item()).view, from), from)};
}

}  // namespace nv
