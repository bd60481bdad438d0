#include "nv/layers/operations/view_operation.h"

#include "nv/layers/common/shapes.h"

namespace nv {
namespace {

class ViewOperation final : public Layer {
 public:
  explicit ViewOperation(std::function<ItemView(const Shape&)> plan) : plan_(std::move(plan)) {}

  Shape shape(std::span<const Shape> inputs) const override { return plan_(single_input(inputs)).shape; }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const ItemView p = plan_(inputs[0].shape().item());
    return gather(inputs[0], of_batch(p, inputs[0].shape()), p.shape.batched(inputs[0].shape()[0]));
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    const Shape& from = inputs[0].shape();
    return {scatter(d_output, of_batch(plan_(from.item()), from), from)};
  }

 private:
  static View of_batch(const ItemView& p, const Shape& from) {
    View view = p.view;
    view.axes.insert(view.axes.begin(), {from[0], from.item().elements()});
    return view;
  }

  std::function<ItemView(const Shape&)> plan_;
};

}  // namespace

std::unique_ptr<Layer> view_operation(std::function<ItemView(const Shape& item)> plan) {
  return std::make_unique<ViewOperation>(std::move(plan));
}

}  // namespace nv
