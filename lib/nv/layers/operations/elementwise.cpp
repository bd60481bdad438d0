// Elementwise operations: functions of one tensor or, with broadcasting, of two; clipping and casts.
#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations/operation_kinds.h"

namespace nv {
namespace {

/// A function of one value and its derivative from argument and value, as TensorFlow takes it.
struct Unary {
  float (*value)(float x);
  float (*slope)(float x, float y);
};

float zero_slope(float, float) {
  return 0;
}
float sign(float x) {
  return x > 0 ? 1.0F : x < 0 ? -1.0F : x;
}

struct UnaryKind {
  std::string_view name, module;
  Unary function;
};
const UnaryKind unary_kinds[] = {
    {"Abs", "numpy", {[](float x) { return std::abs(x); }, [](float x, float) { return sign(x); }}},
    {"Absolute", "numpy", {[](float x) { return std::abs(x); }, [](float x, float) { return sign(x); }}},
    {"Arccos",
     "numpy",
     {[](float x) { return std::acos(x); }, [](float x, float) { return -1 / std::sqrt(1 - x * x); }}},
    {"Arccosh",
     "numpy",
     {[](float x) { return std::acosh(x); }, [](float, float y) { return 1 / std::sinh(y); }}},
    {"Arcsin",
     "numpy",
     {[](float x) { return std::asin(x); }, [](float x, float) { return 1 / std::sqrt(1 - x * x); }}},
    {"Arcsinh",
     "numpy",
     {[](float x) { return std::asinh(x); }, [](float, float y) { return 1 / std::cosh(y); }}},
    {"Arctanh",
     "numpy",
     {[](float x) { return std::atanh(x); }, [](float x, float) { return 1 / (1 - x * x); }}},
    {"Arctan",
     "numpy",
     {[](float x) { return std::atan(x); }, [](float x, float) { return 1 / (1 + x * x); }}},
    {"Ceil", "numpy", {[](float x) { return std::ceil(x); }, zero_slope}},
    {"Copy", "numpy", {[](float x) { return x; }, [](float, float) { return 1.0F; }}},
    {"Cos", "numpy", {[](float x) { return std::cos(x); }, [](float x, float) { return -std::sin(x); }}},
    {"Cosh", "numpy", {[](float x) { return std::cosh(x); }, [](float x, float) { return std::sinh(x); }}},
    {"Erf",
     "math",
     {[](float x) { return std::erf(x); },
      [](float x, float) { return 1.12837916709551257F * std::exp(-x * x); }}},
    {"Exp", "numpy", {[](float x) { return std::exp(x); }, [](float, float y) { return y; }}},
    {"Expm1", "numpy", {[](float x) { return std::expm1(x); }, [](float, float y) { return y + 1; }}},
    {"Floor", "numpy", {[](float x) { return std::floor(x); }, zero_slope}},
    {"Log", "numpy", {[](float x) { return std::log(x); }, [](float x, float) { return 1 / x; }}},
    {"Log10",
     "numpy",
     {[](float x) { return std::log10(x); }, [](float x, float) { return 0.43429448190325183F / x; }}},
    {"Log1p", "numpy", {[](float x) { return std::log1p(x); }, [](float x, float) { return 1 / (1 + x); }}},
    {"Log2",
     "numpy",
     {[](float x) { return std::log2(x); }, [](float x, float) { return 1.44269504088896341F / x; }}},
    {"Negative", "numpy", {[](float x) { return -x; }, [](float, float) { return -1.0F; }}},
    {"Reciprocal", "numpy", {[](float x) { return 1 / x; }, [](float, float y) { return -y * y; }}},
    {"Round", "numpy", {[](float x) { return std::nearbyint(x); }, zero_slope}},  // halves to even
    {"Rsqrt",
     "math",
     {[](float x) { return 1 / std::sqrt(x); }, [](float, float y) { return -0.5F * y * y * y; }}},
    {"Sign", "numpy", {sign, zero_slope}},
    {"Sin", "numpy", {[](float x) { return std::sin(x); }, [](float x, float) { return std::cos(x); }}},
    {"Sinh", "numpy", {[](float x) { return std::sinh(x); }, [](float x, float) { return std::cosh(x); }}},
    {"Sqrt", "numpy", {[](float x) { return std::sqrt(x); }, [](float, float y) { return 0.5F / y; }}},
    {"Square", "numpy", {[](float x) { return x * x; }, [](float x, float) { return 2 * x; }}},
    {"StopGradient", "core", {[](float x) { return x; }, zero_slope}},
    {"Tan", "numpy", {[](float x) { return std::tan(x); }, [](float, float y) { return 1 + y * y; }}},
};

class UnaryOperation final : public ElementwiseLayer {
 public:
  explicit UnaryOperation(LayerOptions& o)
      : function_(std::ranges::find(unary_kinds, o.kind(), &UnaryKind::name)->function) {
    o.ignore({"copy"});
    if (o.kind() == "Round" && o.integer("decimals", 0) != 0)
      throw_unsupported("option decimals is not supported");
  }

  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    Tensor y(inputs[0].shape());
    std::ranges::transform(inputs[0].values(), y.data(), function_.value);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    if (function_.slope == zero_slope) return {Tensor()};
    Tensor d = d_output.clone();
    for (std::int64_t i = 0; i < d.size(); ++i) d[i] *= function_.slope(inputs[0][i], output[i]);
    return {d};
  }

 private:
  Unary function_;
};

/// x limited to [x_min, x_max]; the gradient is 0 outside of them.
class Clip final : public ElementwiseLayer {
 public:
  explicit Clip(LayerOptions& o)
      : least_(static_cast<float>(o.number("x_min", -std::numeric_limits<double>::infinity()))),
        most_(static_cast<float>(o.number("x_max", std::numeric_limits<double>::infinity()))) {}

  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    Tensor y = inputs[0].clone();
    for (float& v : y.values()) v = v < least_ ? least_ : v > most_ ? most_ : v;
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    Tensor d = d_output.clone();
    for (std::int64_t i = 0; i < d.size(); ++i)
      if (inputs[0][i] < least_ || inputs[0][i] > most_) d[i] = 0;
    return {d};
  }

 private:
  float least_, most_;
};

/// A function of two values, and the gradients to both for the cotangent d of its value.
struct Binary {
  float (*value)(float a, float b);
  float (*to_a)(float a, float b, float d);
  float (*to_b)(float a, float b, float d);
};

float divide(float a, float b) {
  return a / b;
}
float divide_to_a(float, float b, float d) {
  return d / b;
}
float divide_to_b(float a, float b, float d) {
  return -d * a / b / b;
}
float pass(float, float, float d) {
  return d;
}
float no_gradient(float, float, float) {
  return 0;
}

struct BinaryKind {
  std::string_view name, module;
  Binary function;
};
const BinaryKind binary_kinds[] = {
    {"Add", "numpy", {[](float a, float b) { return a + b; }, pass, pass}},
    {"Subtract",
     "numpy",
     {[](float a, float b) { return a - b; }, pass, [](float, float, float d) { return -d; }}},
    {"Multiply",
     "numpy",
     {[](float a, float b) { return a * b; }, [](float, float b, float d) { return d * b; },
      [](float a, float, float d) { return d * a; }}},
    {"Divide", "numpy", {divide, divide_to_a, divide_to_b}},
    {"TrueDivide", "numpy", {divide, divide_to_a, divide_to_b}},
    {"DivideNoNan",
     "numpy",
     {[](float a, float b) { return b == 0 ? 0.0F : a / b; },
      [](float, float b, float d) { return b == 0 ? 0.0F : d / b; },
      [](float a, float b, float d) { return b == 0 ? 0.0F : -d * a / b / b; }}},
    {"FloorDivide", "numpy", {[](float a, float b) { return std::floor(a / b); }, no_gradient, no_gradient}},
    {"Mod",
     "numpy",
     {[](float a, float b) { return a - std::floor(a / b) * b; }, pass,
      [](float a, float b, float d) { return -d * std::floor(a / b); }}},
    {"Power",
     "numpy",
     {[](float a, float b) { return std::pow(a, b); },
      [](float a, float b, float d) { return b == 0 ? 0.0F : d * b * std::pow(a, b - 1); },
      [](float a, float b, float d) { return a > 0 ? d * std::pow(a, b) * std::log(a) : 0.0F; }}},
    // NaN if either is NaN. Of equal values the first gets the gradient.
    {"Maximum",
     "numpy",
     {[](float a, float b) { return a > b || a != a ? a : b; },
      [](float a, float b, float d) { return a >= b ? d : 0.0F; },
      [](float a, float b, float d) { return a >= b ? 0.0F : d; }}},
    {"Minimum",
     "numpy",
     {[](float a, float b) { return a < b || a != a ? a : b; },
      [](float a, float b, float d) { return a <= b ? d : 0.0F; },
      [](float a, float b, float d) { return a <= b ? 0.0F : d; }}},
    {"SquaredDifference",
     "",
     {[](float a, float b) { return (a - b) * (a - b); },
      [](float a, float b, float d) { return 2 * d * (a - b); },
      [](float a, float b, float d) { return -2 * d * (a - b); }}},
};

/// An input of the call, or a constant.
struct Operand {
  std::optional<std::size_t> input;
  Tensor constant;

  Operand(LayerOptions& o, std::string_view key) : input(o.input(key)) {
    if (!input) constant = o.constant(key);
  }

  /// Its shape without the batch. `rank` is that of an item of the result: a constant of one axis more has a
  /// batch axis.
  Shape item(std::span<const Shape> inputs, int rank) const {
    if (input) return inputs[*input];
    const Shape& shape = constant.shape();
    if (shape.rank() <= rank) return shape;
    if (shape.rank() != rank + 1 || shape[0] != 1)
      throw_unsupported("a constant of {} would change the batch", shape.str());
    return shape.item();
  }
  /// Broadcast to the result's shape, batch first.
  Tensor broadcast_to_result(std::span<const Tensor> inputs, const Shape& out) const {
    return broadcast_to(input ? inputs[*input] : constant, out);
  }
};

class BinaryOperation final : public PositionwiseLayer {
 public:
  explicit BinaryOperation(LayerOptions& o)
      : function_(std::ranges::find(binary_kinds, o.kind(), &BinaryKind::name)->function),
        a_(o, "x1"),
        b_(o, "x2") {
    o.ignore({"data_format"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    int rank = 0;
    for (const Operand* operand : {&a_, &b_})
      if (operand->input) {
        if (*operand->input >= inputs.size()) throw_input("it is called with {} inputs", inputs.size());
        rank = std::max(rank, inputs[*operand->input].rank());
      }
    for (const Operand* operand : {&a_, &b_})
      if (operand->input && inputs[*operand->input].rank() != rank)
        throw_unsupported("inputs of {} and {} mix the batch with other axes", inputs[0].str(),
                          inputs.back().str());
    return broadcast(a_.item(inputs, rank), b_.item(inputs, rank));
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Shape out = output_shape(inputs);
    const Tensor a = a_.broadcast_to_result(inputs, out), b = b_.broadcast_to_result(inputs, out);
    Tensor y(out);
    for (std::int64_t i = 0; i < y.size(); ++i) y[i] = function_.value(a[i], b[i]);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    const Tensor a = a_.broadcast_to_result(inputs, output.shape()),
                 b = b_.broadcast_to_result(inputs, output.shape());
    std::vector<Tensor> gradients(inputs.size());
    const auto add_gradient = [&](const Operand& operand, float (*slope)(float, float, float)) {
      if (!operand.input || slope == no_gradient) return;
      Tensor d(output.shape());
      for (std::int64_t i = 0; i < d.size(); ++i) d[i] = slope(a[i], b[i], d_output[i]);
      gradients[*operand.input] = sum_to(d, inputs[*operand.input].shape());
    };
    add_gradient(a_, function_.to_a);
    add_gradient(b_, function_.to_b);
    return gradients;
  }

 private:
  Shape output_shape(std::span<const Tensor> inputs) const {
    return shape(item_shapes(inputs)).batched(inputs[0].shape()[0]);
  }

  Binary function_;
  Operand a_, b_;
};

/// A cast to a type of floating-point numbers changes nothing: nv computes in float32.
class Cast final : public ElementwiseLayer {
 public:
  explicit Cast(LayerOptions& o) {
    const std::string type = o.text("dtype", "float32");
    if (type.find("float") == std::string::npos) throw_unsupported("a cast to {} is not supported", type);
  }

  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }
  Tensor forward(std::span<const Tensor> inputs, Context&) const override { return inputs[0]; }
  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    return {d_output};
  }
};

}  // namespace

std::vector<OperationKind> elementwise_operations() {
  std::vector<OperationKind> kinds{{"Cast", "core", {"x", "dtype"}, make<Cast>},
                                   {"Clip", "numpy", {"x", "x_min", "x_max"}, make<Clip>}};
  for (const UnaryKind& u : unary_kinds) kinds.push_back({u.name, u.module, {"x"}, make<UnaryOperation>});
  for (const BinaryKind& b : binary_kinds)
    kinds.push_back({b.name, b.module, {"x1", "x2"}, make<BinaryOperation>});
  return kinds;
}

}  // namespace nv
