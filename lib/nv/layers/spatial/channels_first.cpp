// data_format "channels_first": layers work on channels_last items, and this wrapper transposes their input
// and output. So each image layer has one implementation, and tensors between layers keep the model's layout,
// on which the meaning of Flatten, Reshape and axes depends, and in which users see results.
#include "nv/layers/spatial/channels_first.h"

#include <algorithm>
#include <vector>

#include "nv/core/error.h"
#include "nv/kernels/transpose.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

Shape to_last(const Shape& s) {
  if (s.rank() < 2) throw_input("it takes an input of channels and positions, not {}", s.str());
  std::vector<std::int64_t> axes(s.begin(), s.end());
  std::rotate(axes.begin(), axes.begin() + 1, axes.end());
  return Shape(std::span<const std::int64_t>(axes));
}
Shape to_first(const Shape& s) {
  std::vector<std::int64_t> axes(s.begin(), s.end());
  std::rotate(axes.begin(), axes.end() - 1, axes.end());
  return Shape(std::span<const std::int64_t>(axes));
}

/// Batches of such items; unchanged without an axis of positions (after a global pooling).
Tensor to_last(const Tensor& t) {
  const int rank = t.shape().rank();
  if (rank < 3) return t;
  std::vector<int> order{0};
  for (int a = 2; a < rank; ++a) order.push_back(a);
  order.push_back(1);
  return transpose(t, order);
}
Tensor to_first(const Tensor& t) {
  const int rank = t.shape().rank();
  if (rank < 3) return t;
  std::vector<int> order{0, rank - 1};
  for (int a = 1; a < rank - 1; ++a) order.push_back(a);
  return transpose(t, order);
}

/// The wrapper of a layer of type Base, except for what it computes on tensors.
template <typename Base>
class TransposedLayer : public Base {
 public:
  Shape shape(std::span<const Shape> inputs) const final {
    return to_first(inner_->shape(channels_last(inputs)));
  }
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const final {
    return inner_->weights(channels_last(inputs));
  }
  void load(std::vector<Tensor> weights) final { inner_->load(std::move(weights)); }
  std::int64_t macs(std::span<const Shape> inputs) const final { return inner_->macs(channels_last(inputs)); }
  std::optional<SpatialWindow> window(const Shape& input) const final {
    return inner_->window(to_last(input));
  }
  Layer::Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                              std::int64_t position) const final {
    return inner_->seen_along(channels_last(inputs), k, axis - 1, position);
  }

 protected:
  template <typename... Args>
  explicit TransposedLayer(std::unique_ptr<Base> inner, const Args&... args)
      : Base(args...), inner_(std::move(inner)) {}

  static std::vector<Shape> channels_last(std::span<const Shape> inputs) {
    return {to_last(single_input(inputs))};
  }
  static std::vector<Tensor> channels_last(std::span<const Tensor> inputs) { return {to_last(inputs[0])}; }

  bool reports_rows(std::span<const Shape>) const final { return false; }
  bool computes_rows(std::span<const Shape>) const final { return false; }

  std::unique_ptr<Base> inner_;
};

class ChannelsFirst final : public TransposedLayer<Layer> {
 public:
  explicit ChannelsFirst(std::unique_ptr<Layer> inner) : TransposedLayer(std::move(inner)) {}

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    return to_first(inner_->forward(channels_last(inputs), context));
  }
  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override {
    return {to_first(inner_->vjp(channels_last(inputs), to_last(output), to_last(d_output), context)[0])};
  }
};

/// The activation is applied after the output is transposed: Keras's softmax works along the last axis, which
/// is not that of the channels.
class ActivatedChannelsFirst final : public TransposedLayer<ActivatedLayer> {
 public:
  explicit ActivatedChannelsFirst(std::unique_ptr<ActivatedLayer> inner, const Activation& activation)
      : TransposedLayer(std::move(inner), activation) {}

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    Tensor y = linear(inputs, context);
    activation_.apply(y.values(), y.shape().back());
    return y;
  }
  Tensor linear(std::span<const Tensor> inputs, Context& context) const override {
    return to_first(inner_->linear(channels_last(inputs), context));
  }
  std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d,
                                 Context& context) const override {
    return {to_first(inner_->linear_vjp(channels_last(inputs), to_last(d), context)[0])};
  }
};

}  // namespace

std::unique_ptr<Layer> in_data_format(LayerOptions& options, std::unique_ptr<Layer> layer) {
  if (options.choice("data_format", "channels_last", {"channels_last", "channels_first"}) == "channels_last")
    return layer;
  if (auto* activated = dynamic_cast<ActivatedLayer*>(layer.get())) {
    const Activation activation = options.activation("activation");
    (void)layer.release();
    return std::make_unique<ActivatedChannelsFirst>(std::unique_ptr<ActivatedLayer>(activated), activation);
  }
  return std::make_unique<ChannelsFirst>(std::move(layer));
}

}  // namespace nv
