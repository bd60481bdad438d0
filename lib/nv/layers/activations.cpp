// Activation and the layers that are activations: ReLU, LeakyReLU, ELU, Softmax, PReLU.
#include <array>

#include "nv/core/error.h"
#include "nv/kernels/transpose.h"
#include "nv/layers/kinds.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {

class ActivationLayer final : public ElementwiseLayer {
 public:
  explicit ActivationLayer(Activation activation) : activation_(activation) {}

  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    if (activation_.linear()) return inputs[0];
    Tensor y = inputs[0].clone();
    activation_.apply(y.values(), y.shape().back());
    return y;
  }

  std::string_view activation() const override { return activation_.name(); }

 private:
  Activation activation_;
};

/// Softmax along any one axis.
class Softmax final : public ElementwiseLayer {
 public:
  explicit Softmax(Options& o) : activation_(Activation::parse("softmax", {}, o.origin())) {
    const auto axes = o.integers("axis", {-1});
    if (axes.size() != 1) throw_unsupported("option axis: several axes are not supported");
    axis_ = axes[0];
  }

  Shape shape(std::span<const Shape> inputs) const override {
    item_axis(axis_, single_input(inputs));
    return inputs[0];
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Tensor& x = inputs[0];
    const int a = item_axis(axis_, x.shape().item()) + 1, last = x.shape().rank() - 1;
    // Swapping two axes is its own inverse.
    std::array<int, Shape::max_rank> order{};
    for (int i = 0; i <= last; ++i) order[static_cast<std::size_t>(i)] = i == a ? last : i == last ? a : i;
    const std::span swapped(order.data(), static_cast<std::size_t>(last) + 1);
    Tensor y = a == last ? x.clone() : transpose(x, swapped);
    activation_.apply(y.values(), y.shape().back());
    return a == last ? y : transpose(y, swapped);
  }

  std::string_view activation() const override { return activation_.name(); }

 private:
  Activation activation_;
  std::int64_t axis_ = -1;
};

/// x where positive, alpha x where not; alpha has the shape of the input, with 1 along shared axes.
class PReLU final : public ElementwiseLayer {
 public:
  explicit PReLU(Options& o) : shared_(o.integers("shared_axes")) {}

  Shape shape(std::span<const Shape> inputs) const override {
    alpha_shape(single_input(inputs));
    return inputs[0];
  }
  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    return {{"alpha", alpha_shape(inputs[0])}};
  }
  void load(std::vector<Tensor> weights) override { alpha_ = weights[0]; }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    Tensor y = inputs[0].clone();
    const Shape item = y.shape().item();
    const std::int64_t size = item.elements();
    for (std::int64_t i = 0; i < y.size(); ++i)
      if (y[i] < 0) y[i] *= alpha_[alpha_index(item, i % size)];
    return y;
  }
  std::string_view activation() const override { return "prelu"; }

 private:
  Shape alpha_shape(Shape item) const {
    for (std::int64_t axis : shared_) {
      if (axis < 1 || axis > item.rank())
        throw_input("option shared_axes names axis {}, of an input of {}", axis, item.str());
      item[static_cast<int>(axis) - 1] = 1;
    }
    return item;
  }
  std::int64_t alpha_index(const Shape& item, std::int64_t i) const {
    std::int64_t index = 0, stride = 1;
    for (int a = item.rank() - 1; a >= 0; --a) {
      const std::int64_t at = i % item[a];
      i /= item[a];
      if (alpha_.shape()[a] != 1) index += at * stride;
      stride *= alpha_.shape()[a];
    }
    return index;
  }

  std::vector<std::int64_t> shared_;
  Tensor alpha_;
};

}  // namespace

std::unique_ptr<Layer> make_activation(Options& o) {
  return std::make_unique<ActivationLayer>(o.activation("activation"));
}
std::unique_ptr<Layer> make_relu(Options& o) {
  return std::make_unique<ActivationLayer>(
      o.activation_layer("ReLU", {"max_value", "negative_slope", "alpha", "threshold", "theta"}));
}
std::unique_ptr<Layer> make_leaky_relu(Options& o) {
  return std::make_unique<ActivationLayer>(o.activation_layer("LeakyReLU", {"negative_slope", "alpha"}));
}
std::unique_ptr<Layer> make_elu(Options& o) {
  return std::make_unique<ActivationLayer>(o.activation_layer("ELU", {"alpha"}));
}
std::unique_ptr<Layer> make_softmax(Options& o) {
  return std::make_unique<Softmax>(o);
}
std::unique_ptr<Layer> make_prelu(Options& o) {
  return std::make_unique<PReLU>(o);
}

}  // namespace nv
