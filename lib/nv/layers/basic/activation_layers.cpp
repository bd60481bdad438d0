// Activation and the layers that are activation functions: ReLU, LeakyReLU, ELU, ThresholdedReLU, Softmax,
// PReLU, GLU; and the same functions as operations of keras.ops.
#include <algorithm>
#include <array>
#include <cmath>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"
#include "nv/layers/operations/operation_kinds.h"

namespace nv {
namespace {

class ActivationLayer final : public ElementwiseLayer {
 public:
  explicit ActivationLayer(Activation activation) : activation_(activation) {}

  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    if (activation_.linear()) return inputs[0];
    return forward_by_rows(*this, inputs, context);
  }
  bool computes_rows(std::span<const Shape>) const override { return !activation_.linear(); }
  void compute_rows(std::span<const float* const> inputs, std::int64_t count, std::int64_t channels,
                    float* output) const override {
    activation_.apply({inputs[0], static_cast<std::size_t>(count)}, channels, output);
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    return {activation_.vjp(inputs[0].values(), output.values(), d_output, output.shape().back())};
  }

  std::string_view activation() const override { return activation_.name(); }

 private:
  Activation activation_;
};

/// Softmax, log_softmax or sparsemax along one axis, or jointly over several.
class Softmax final : public ElementwiseLayer {
 public:
  Softmax(LayerOptions& o, const std::string& name)
      : activation_(Activation::parse(name, {}, o.origin())), axes_(o.integers("axis", {-1})) {}

  Shape shape(std::span<const Shape> inputs) const override {
    item_axes(axes_, single_input(inputs));
    return inputs[0];
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const AxisRows x(inputs[0], item_axes(axes_, inputs[0].shape().item()));
    Tensor y = x.tensor().clone();
    activation_.apply(y.values(), x.length());
    return x.restored(y);
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    const AxisRows y(output, item_axes(axes_, output.shape().item())), x = y.like(inputs[0]);
    const Tensor d_y = y.like(d_output).tensor();
    return {y.restored(activation_.vjp(x.tensor().values(), y.tensor().values(), d_y, y.length()))};
  }
  Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                       std::int64_t position) const override {
    const auto joint = item_axes(axes_, inputs[k]);
    return std::ranges::find(joint, axis) == joint.end() ? Positions(std::vector{position}) : std::nullopt;
  }

  std::string_view activation() const override { return activation_.name(); }

 private:
  Activation activation_;
  std::vector<std::int64_t> axes_;
};

/// x if x >= 0, else alpha x; alpha has the shape of an item, with 1 along shared axes.
class PReLU final : public ElementwiseLayer {
 public:
  explicit PReLU(LayerOptions& o) : shared_(o.integers("shared_axes")) {}

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
    scale_negative(inputs[0], y);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    Tensor d = d_output.clone();
    scale_negative(inputs[0], d);
    // Keras computes relu(x) - alpha relu(-x): neither term has a gradient at 0.
    for (std::int64_t i = 0; i < d.size(); ++i)
      if (inputs[0][i] == 0) d[i] = 0;
    return {d};
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

  /// Multiplies elements of `y` by alpha where `x` is negative.
  void scale_negative(const Tensor& x, Tensor& y) const {
    const Tensor alpha = broadcast_to(alpha_, x.shape().item());
    for (std::int64_t at = 0; at < x.size(); at += alpha.size())
      for (std::int64_t i = 0; i < alpha.size(); ++i)
        if (x[at + i] < 0) y[at + i] *= alpha[i];
  }

  std::vector<std::int64_t> shared_;
  Tensor alpha_;
};

/// Gated linear unit: the first half of an axis times the sigmoid of the second.
class Glu final : public Layer {
 public:
  explicit Glu(std::int64_t axis) : axis_(axis) {}

  Shape shape(std::span<const Shape> inputs) const override {
    Shape out = single_input(inputs);
    const int a = item_axis(axis_, out);
    if (out[a] == Shape::unknown) return out;
    if (out[a] % 2 != 0) throw_input("it halves an axis, which has size {} in {}", out[a], out.str());
    out[a] /= 2;
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Halves h(inputs[0], axis_);
    Tensor y(h.half);
    for (std::int64_t i = 0; i < y.size(); ++i) y[i] = h.value(i) * gate(h.gate(i));
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    const Halves h(inputs[0], axis_);
    Tensor d(inputs[0].shape());
    for (std::int64_t i = 0; i < d_output.size(); ++i) {
      const float s = gate(h.gate(i));
      d[h.at(i)] = d_output[i] * s;
      d[h.at(i) + h.run] = d_output[i] * h.value(i) * s * (1 - s);
    }
    return {d};
  }

  std::string_view activation() const override { return "glu"; }

 private:
  struct Halves {
    const Tensor& x;
    Shape half;
    std::int64_t run = 1;  ///< contiguous elements of one half

    Halves(const Tensor& t, std::int64_t axis) : x(t), half(t.shape()) {
      const int a = item_axis(axis, t.shape().item()) + 1;
      half[a] /= 2;
      for (int i = a; i < half.rank(); ++i) run *= half[i];
    }
    std::int64_t at(std::int64_t i) const { return i / run * 2 * run + i % run; }
    float value(std::int64_t i) const { return x[at(i)]; }
    float gate(std::int64_t i) const { return x[at(i) + run]; }
  };
  static float gate(float x) { return 1.0F / (1.0F + std::exp(-x)); }

  std::int64_t axis_;
};

std::unique_ptr<Layer> make_activation(LayerOptions& o) {
  if (o.function_name("activation") == "glu") return std::make_unique<Glu>(-1);
  return std::make_unique<ActivationLayer>(o.activation("activation"));
}
std::unique_ptr<Layer> make_relu(LayerOptions& o) {
  return std::make_unique<ActivationLayer>(
      o.activation_layer("ReLU", {"max_value", "negative_slope", "alpha", "threshold", "theta"}));
}
std::unique_ptr<Layer> make_leaky_relu(LayerOptions& o) {
  return std::make_unique<ActivationLayer>(o.activation_layer("LeakyReLU", {"negative_slope", "alpha"}));
}
std::unique_ptr<Layer> make_elu(LayerOptions& o) {
  return std::make_unique<ActivationLayer>(o.activation_layer("ELU", {"alpha"}));
}
std::unique_ptr<Layer> make_thresholded_relu(LayerOptions& o) {
  return std::make_unique<ActivationLayer>(o.activation_layer("ThresholdedReLU", {"theta"}));
}
std::unique_ptr<Layer> make_softmax(LayerOptions& o) {
  return std::make_unique<Softmax>(o, "softmax");
}
std::unique_ptr<Layer> make_log_softmax(LayerOptions& o) {
  return std::make_unique<Softmax>(o, "log_softmax");
}
std::unique_ptr<Layer> make_sparsemax(LayerOptions& o) {
  return std::make_unique<Softmax>(o, "sparsemax");
}

std::unique_ptr<Layer> make_glu(LayerOptions& o) {
  return std::make_unique<Glu>(o.integer("axis", -1));
}

/// An operation of keras.ops that is an activation function: its class "LeakyRelu" is the function
/// leaky_relu.
std::unique_ptr<Layer> make_function(LayerOptions& o) {
  std::string name;
  for (char c : o.kind()) {
    const bool capital = c >= 'A' && c <= 'Z';
    if (capital && !name.empty()) name += '_';
    name += capital ? static_cast<char>(c - 'A' + 'a') : c;
  }
  o.ignore({"features"});
  if (name == "silu" && o.number("beta", 1.0) != 1.0) throw_unsupported("option beta is not supported");
  return std::make_unique<ActivationLayer>(o.activation_layer(
      name, {"negative_slope", "alpha", "approximate", "threshold", "default_value", "b"}));
}

}  // namespace

std::vector<LayerKind> activation_layers_kinds() {
  return {{"Activation", make_activation},
          {"ELU", make_elu},
          {"LeakyReLU", make_leaky_relu},
          {"PReLU", make<PReLU>},
          {"ReLU", make_relu},
          {"Softmax", make_softmax},
          {"ThresholdedReLU", make_thresholded_relu}};
}

std::vector<OperationKind> activation_layers_operations() {
  std::vector<OperationKind> kinds = {{"Glu", "nn", {"x"}, make_glu},
                                      {"LogSoftmax", "nn", {"x", "axis"}, make_log_softmax},
                                      {"Softmax", "nn", {"x", "axis"}, make_softmax},
                                      {"Sparsemax", "nn", {"x", "axis"}, make_sparsemax}};
  for (const char* name :
       {"Celu",          "Elu",        "Gelu",       "HardShrink", "HardSigmoid", "HardSilu",
        "HardTanh",      "LeakyRelu",  "LogSigmoid", "Relu",       "Relu6",       "Selu",
        "Sigmoid",       "Silu",       "SoftShrink", "Softplus",   "Softsign",    "SparsePlus",
        "SparseSigmoid", "Squareplus", "Tanh",       "TanhShrink", "Threshold"})
    kinds.push_back({name, "nn", {"x"}, make_function});
  return kinds;
}

}  // namespace nv
