// Operations on each element alone: arithmetic of one value or of two with broadcasting, clipping, casts.
#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/operations.h"

namespace nv {
namespace {

/// A function, and its derivative from argument and value as TensorFlow gives it.
struct Unary {
  float (*value)(float x);
  float (*slope)(float x, float y);
};

float none(float, float) {
  return 0;
}
float sign(float x) {
  return x > 0 ? 1.0F : x < 0 ? -1.0F : x;
}

const std::map<std::string_view, Unary>& unary() {
  static const std::map<std::string_view, Unary> table = {
      {"Abs", {[](float x) { return std::abs(x); }, [](float x, float) { return sign(x); }}},
      {"Absolute", {[](float x) { return std::abs(x); }, [](float x, float) { return sign(x); }}},
      {"Arccos",
       {[](float x) { return std::acos(x); }, [](float x, float) { return -1 / std::sqrt(1 - x * x); }}},
      {"Arccosh", {[](float x) { return std::acosh(x); }, [](float, float y) { return 1 / std::sinh(y); }}},
      {"Arcsin",
       {[](float x) { return std::asin(x); }, [](float x, float) { return 1 / std::sqrt(1 - x * x); }}},
      {"Arcsinh", {[](float x) { return std::asinh(x); }, [](float, float y) { return 1 / std::cosh(y); }}},
      {"Arctanh", {[](float x) { return std::atanh(x); }, [](float x, float) { return 1 / (1 - x * x); }}},
      {"Arctan", {[](float x) { return std::atan(x); }, [](float x, float) { return 1 / (1 + x * x); }}},
      {"Ceil", {[](float x) { return std::ceil(x); }, none}},
      {"Copy", {[](float x) { return x; }, [](float, float) { return 1.0F; }}},
      {"Cos", {[](float x) { return std::cos(x); }, [](float x, float) { return -std::sin(x); }}},
      {"Cosh", {[](float x) { return std::cosh(x); }, [](float x, float) { return std::sinh(x); }}},
      {"Erf",
       {[](float x) { return std::erf(x); },
        [](float x, float) { return 1.12837916709551257F * std::exp(-x * x); }}},
      {"Exp", {[](float x) { return std::exp(x); }, [](float, float y) { return y; }}},
      {"Expm1", {[](float x) { return std::expm1(x); }, [](float, float y) { return y + 1; }}},
      {"Floor", {[](float x) { return std::floor(x); }, none}},
      {"Log", {[](float x) { return std::log(x); }, [](float x, float) { return 1 / x; }}},
      {"Log10",
       {[](float x) { return std::log10(x); }, [](float x, float) { return 0.43429448190325183F / x; }}},
      {"Log1p", {[](float x) { return std::log1p(x); }, [](float x, float) { return 1 / (1 + x); }}},
      {"Log2",
       {[](float x) { return std::log2(x); }, [](float x, float) { return 1.44269504088896341F / x; }}},
      {"Negative", {[](float x) { return -x; }, [](float, float) { return -1.0F; }}},
      {"Reciprocal", {[](float x) { return 1 / x; }, [](float, float y) { return -y * y; }}},
      {"Round", {[](float x) { return std::nearbyint(x); }, none}},  // halves to even
      {"Rsqrt", {[](float x) { return 1 / std::sqrt(x); }, [](float, float y) { return -0.5F * y * y * y; }}},
      {"Sign", {sign, none}},
      {"Sin", {[](float x) { return std::sin(x); }, [](float x, float) { return std::cos(x); }}},
      {"Sinh", {[](float x) { return std::sinh(x); }, [](float x, float) { return std::cosh(x); }}},
      {"Sqrt", {[](float x) { return std::sqrt(x); }, [](float, float y) { return 0.5F / y; }}},
      {"Square", {[](float x) { return x * x; }, [](float x, float) { return 2 * x; }}},
      {"StopGradient", {[](float x) { return x; }, none}},
      {"Tan", {[](float x) { return std::tan(x); }, [](float, float y) { return 1 + y * y; }}},
  };
  return table;
}

class UnaryOperation final : public ElementwiseLayer {
 public:
  explicit UnaryOperation(const Unary& function) : function_(function) {}

  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    Tensor y(inputs[0].shape());
    std::ranges::transform(inputs[0].values(), y.data(), function_.value);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    if (function_.slope == none) return {Tensor()};
    Tensor d = d_output.clone();
    for (std::int64_t i = 0; i < d.size(); ++i) d[i] *= function_.slope(inputs[0][i], output[i]);
    return {d};
  }

 private:
  Unary function_;
};

/// x between two limits; the gradient passes where x is not beyond them.
class Clip final : public ElementwiseLayer {
 public:
  explicit Clip(Options& o)
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

/// How two values make one, and the gradients to both from d, that of the result.
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
float stop(float, float, float) {
  return 0;
}

const std::map<std::string_view, Binary>& binary() {
  static const std::map<std::string_view, Binary> table = {
      {"Add", {[](float a, float b) { return a + b; }, pass, pass}},
      {"Subtract", {[](float a, float b) { return a - b; }, pass, [](float, float, float d) { return -d; }}},
      {"Multiply",
       {[](float a, float b) { return a * b; }, [](float, float b, float d) { return d * b; },
        [](float a, float, float d) { return d * a; }}},
      {"Divide", {divide, divide_to_a, divide_to_b}},
      {"TrueDivide", {divide, divide_to_a, divide_to_b}},
      {"DivideNoNan",
       {[](float a, float b) { return b == 0 ? 0.0F : a / b; },
        [](float, float b, float d) { return b == 0 ? 0.0F : d / b; },
        [](float a, float b, float d) { return b == 0 ? 0.0F : -d * a / b / b; }}},
      {"FloorDivide", {[](float a, float b) { return std::floor(a / b); }, stop, stop}},
      {"Mod",
       {[](float a, float b) { return a - std::floor(a / b) * b; }, pass,
        [](float a, float b, float d) { return -d * std::floor(a / b); }}},
      {"Power",
       {[](float a, float b) { return std::pow(a, b); },
        [](float a, float b, float d) { return b == 0 ? 0.0F : d * b * std::pow(a, b - 1); },
        [](float a, float b, float d) { return a > 0 ? d * std::pow(a, b) * std::log(a) : 0.0F; }}},
      // A NaN in either wins. Of equal values the first gets the gradient.
      {"Maximum",
       {[](float a, float b) { return a > b || a != a ? a : b; },
        [](float a, float b, float d) { return a >= b ? d : 0.0F; },
        [](float a, float b, float d) { return a >= b ? 0.0F : d; }}},
      {"Minimum",
       {[](float a, float b) { return a < b || a != a ? a : b; },
        [](float a, float b, float d) { return a <= b ? d : 0.0F; },
        [](float a, float b, float d) { return a <= b ? 0.0F : d; }}},
      {"SquaredDifference",
       {[](float a, float b) { return (a - b) * (a - b); },
        [](float a, float b, float d) { return 2 * d * (a - b); },
        [](float a, float b, float d) { return -2 * d * (a - b); }}},
  };
  return table;
}

/// An input of the call, or a constant.
struct Operand {
  std::optional<std::size_t> input;
  Tensor constant;

  Operand(Options& o, std::string_view key) : input(o.input(key)) {
    if (!input) constant = o.constant(key);
  }

  /// Without the batch. `rank`: of an item of the result; a constant of more axes has one for the batch.
  Shape item(std::span<const Shape> inputs, int rank) const {
    if (input) return inputs[*input];
    const Shape& shape = constant.shape();
    if (shape.rank() <= rank) return shape;
    if (shape.rank() != rank + 1 || shape[0] != 1)
      throw_unsupported("a constant of {} makes other batches", shape.str());
    return shape.item();
  }
  /// Repeated to the result's shape, batch first.
  Tensor repeated(std::span<const Tensor> inputs, const Shape& out) const {
    return broadcast_to(input ? inputs[*input] : constant, out);
  }
};

class BinaryOperation final : public Layer {
 public:
  BinaryOperation(Options& o, const Binary& function) : function_(function), a_(o, "x1"), b_(o, "x2") {}

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
    const Tensor a = a_.repeated(inputs, out), b = b_.repeated(inputs, out);
    Tensor y(out);
    for (std::int64_t i = 0; i < y.size(); ++i) y[i] = function_.value(a[i], b[i]);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context&) const override {
    const Tensor a = a_.repeated(inputs, output.shape()), b = b_.repeated(inputs, output.shape());
    std::vector<Tensor> gradients(inputs.size());
    const auto pass_on = [&](const Operand& operand, float (*slope)(float, float, float)) {
      if (!operand.input || slope == stop) return;
      Tensor d(output.shape());
      for (std::int64_t i = 0; i < d.size(); ++i) d[i] = slope(a[i], b[i], d_output[i]);
      gradients[*operand.input] = sum_to(d, inputs[*operand.input].shape());
    };
    pass_on(a_, function_.to_a);
    pass_on(b_, function_.to_b);
    return gradients;
  }

  std::optional<Window> window(const Shape& input) const override {
    return input.rank() == 3 ? std::optional(Window{}) : std::nullopt;
  }

 private:
  Shape output_shape(std::span<const Tensor> inputs) const {
    return shape(item_shapes(inputs)).batched(inputs[0].shape()[0]);
  }

  Binary function_;
  Operand a_, b_;
};

}  // namespace

std::unique_ptr<Layer> make_elementwise_operation(Options& o) {
  o.ignore({"x", "copy"});
  if (o.kind() == "Round" && o.integer("decimals", 0) != 0)
    throw_unsupported("option decimals is not supported");
  return std::make_unique<UnaryOperation>(unary().at(o.kind()));
}
std::unique_ptr<Layer> make_binary_operation(Options& o) {
  o.ignore({"data_format"});
  return std::make_unique<BinaryOperation>(o, binary().at(o.kind()));
}
std::unique_ptr<Layer> make_clip_operation(Options& o) {
  o.ignore({"x"});
  return std::make_unique<Clip>(o);
}
std::unique_ptr<Layer> make_cast_operation(Options& o) {
  o.ignore({"x"});
  const std::string type = o.text("dtype", "float32");
  if (type.find("float") == std::string::npos) throw_unsupported("a cast to {} is not supported", type);
  return std::make_unique<UnaryOperation>(unary().at("Copy"));
}

}  // namespace nv
