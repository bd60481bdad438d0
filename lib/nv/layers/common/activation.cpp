#include "nv/layers/common/activation.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/kernels/kernel_set.h"
#include "nv/kernels/row_sum.h"

namespace nv {

struct ActivationTable {
  using Function = Activation::Function;
  using Derivative = Activation::Derivative;

  /// A function of one element, and its derivative from argument and value.
  template <float (*F)(float)>
  static void each(std::span<float> values, std::int64_t, const Activation&) {
    for (float& x : values) x = F(x);
  }
  template <float (*D)(float x, float y)>
  static void each_vjp(std::span<const float> x, std::span<const float> y, std::span<float> d, std::int64_t,
                       const Activation&) {
    for (std::size_t i = 0; i < d.size(); ++i) d[i] *= D(x[i], y[i]);
  }
  /// A function of all channels of one position.
  template <void (*F)(std::span<float>)>
  static void rows(std::span<float> values, std::int64_t channels, const Activation&) {
    const auto n = static_cast<std::size_t>(channels);
    for (std::size_t at = 0; n != 0 && at + n <= values.size(); at += n) F(values.subspan(at, n));
  }
  template <void (*D)(std::span<const float> y, std::span<float> d)>
  static void rows_vjp(std::span<const float>, std::span<const float> y, std::span<float> d,
                       std::int64_t channels, const Activation&) {
    const auto n = static_cast<std::size_t>(channels);
    for (std::size_t at = 0; n != 0 && at + n <= d.size(); at += n) D(y.subspan(at, n), d.subspan(at, n));
  }

  // --- functions without parameters, as keras.activations defines them
  static float relu6(float x) { return std::min(std::max(x, 0.0F), 6.0F); }
  static float relu6_d(float, float y) { return y > 0 && y < 6 ? 1.0F : 0.0F; }
  static float sigmoid(float x) {
    // Two forms, so that neither overflows.
    if (x >= 0) return 1.0F / (1.0F + std::exp(-x));
    const float e = std::exp(x);
    return e / (1.0F + e);
  }
  static float sigmoid_d(float, float y) { return y * (1 - y); }
  static float softplus(float x) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x))); }
  static float softplus_d(float x, float) { return sigmoid(x); }
  static constexpr float selu_alpha = 1.6732632423543772848F, selu_scale = 1.0507009873554804934F;
  static float selu(float x) { return x > 0 ? selu_scale * x : selu_scale * selu_alpha * std::expm1(x); }
  static float selu_d(float, float y) { return y < 0 ? y + selu_scale * selu_alpha : selu_scale; }
  static float gelu(float x) { return 0.5F * x * std::erfc(-x * 0.70710678118654752440F); }
  static float gelu_d(float x, float) {
    return 0.5F * std::erfc(-x * 0.70710678118654752440F) +
           x * 0.39894228040143267794F * std::exp(-0.5F * x * x);
  }
  static float gelu_tanh(float x) {
    return 0.5F * x * (1 + std::tanh(0.7978845608028654F * (x + 0.044715F * x * x * x)));
  }
  static float gelu_tanh_d(float x, float) {
    const float t = std::tanh(0.7978845608028654F * (x + 0.044715F * x * x * x));
    return 0.5F * (1 + t) + 0.5F * x * (1 - t * t) * 0.7978845608028654F * (1 + 0.134145F * x * x);
  }
  static float hard_sigmoid3(float x) { return relu6(x + 3.0F) / 6.0F; }
  static float hard_sigmoid3_d(float, float y) { return y > 0 && y < 1 ? 1.0F / 6.0F : 0.0F; }
  static float hard_sigmoid2(float x) { return std::clamp(0.2F * x + 0.5F, 0.0F, 1.0F); }
  static float hard_sigmoid2_d(float x, float) {
    const float inner = 0.2F * x + 0.5F;
    return inner >= 0 && inner <= 1 ? 0.2F : 0.0F;  // a clip passes gradients at its limits
  }
  static float silu(float x) { return x * sigmoid(x); }
  static float silu_d(float x, float) {
    const float s = sigmoid(x);
    return s * (1 + x * (1 - s));
  }
  static float hard_silu(float x) { return x * hard_sigmoid3(x); }
  static float hard_silu_d(float x, float) { return hard_sigmoid3(x) + (x > -3 && x < 3 ? x / 6.0F : 0.0F); }
  static float tanh(float x) { return std::tanh(x); }
  static float tanh_d(float, float y) { return 1 - y * y; }
  static float hard_tanh(float x) { return std::clamp(x, -1.0F, 1.0F); }
  static float hard_tanh_d(float x, float) { return x >= -1 && x <= 1 ? 1.0F : 0.0F; }
  static float tanh_shrink(float x) { return x - std::tanh(x); }
  static float tanh_shrink_d(float x, float) {
    const float t = std::tanh(x);
    return t * t;
  }
  static float softsign(float x) { return x / (1.0F + std::abs(x)); }
  static float softsign_d(float, float y) { return (1 - std::abs(y)) * (1 - std::abs(y)); }
  static float log_sigmoid(float x) { return -softplus(-x); }
  static float log_sigmoid_d(float x, float) { return sigmoid(-x); }
  static float mish(float x) { return x * std::tanh(softplus(x)); }
  static float mish_d(float x, float) {
    const float t = std::tanh(softplus(x));
    return t + x * (1 - t * t) * sigmoid(x);
  }
  static float exponential(float x) { return std::exp(x); }
  static float exponential_d(float, float y) { return y; }
  static float sparse_plus(float x) { return x <= -1 ? 0.0F : x < 1 ? 0.25F * (x + 1) * (x + 1) : x; }
  static float sparse_plus_d(float x, float) { return x <= -1 ? 0.0F : x < 1 ? 0.5F * (x + 1) : 1.0F; }
  static float sparse_sigmoid(float x) { return x <= -1 ? 0.0F : x >= 1 ? 1.0F : 0.5F * (x + 1); }
  static float sparse_sigmoid_d(float x, float) { return x > -1 && x < 1 ? 0.5F : 0.0F; }

  static void softmax(std::span<float> row) {
    const float top = *std::ranges::max_element(row);
    for (float& x : row) x = std::exp(x - top);
    const float inverse = 1.0F / eigen_sum(row);
    for (float& x : row) x *= inverse;
  }
  static void softmax_d(std::span<const float> y, std::span<float> d) {
    std::vector<float> products(y.size());
    for (std::size_t i = 0; i < y.size(); ++i) products[i] = d[i] * y[i];
    const float dot = eigen_sum(products);
    for (std::size_t i = 0; i < y.size(); ++i) d[i] = (d[i] - dot) * y[i];
  }
  static void log_softmax(std::span<float> row) {
    const float top = *std::ranges::max_element(row);
    double sum = 0;
    for (float x : row) sum += static_cast<double>(std::exp(x - top));
    const auto shift = static_cast<float>(std::log(sum));
    for (float& x : row) x = x - top - shift;
  }
  static void log_softmax_d(std::span<const float> y, std::span<float> d) {
    double sum = 0;
    for (float v : d) sum += static_cast<double>(v);
    for (std::size_t i = 0; i < y.size(); ++i) d[i] -= std::exp(y[i]) * static_cast<float>(sum);
  }
  /// What Keras takes for sparsemax: as Martins & Astudillo (2016), but its threshold sums up the cumulative
  /// sums of the support, where theirs is the last of them. `reach` is, for every element, the part of the
  /// threshold's slope.
  static float sparsemax_threshold(std::span<const float> row, std::vector<double>* reach) {
    std::vector<std::size_t> order(row.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::greater<>(), [&](std::size_t i) { return row[i]; });
    double sum = 0, sums = 0, size = 0;
    std::vector<double> before(row.size());  // how many of the support come before
    for (std::size_t k = 0; k < order.size(); ++k) {
      before[k] = size;
      sum += static_cast<double>(row[order[k]]);
      if (static_cast<double>(row[order[k]]) - (sum - 1) / static_cast<double>(k + 1) > 0) {
        sums += sum;
        ++size;
      }
    }
    if (reach != nullptr) {
      reach->resize(row.size());
      for (std::size_t k = 0; k < order.size(); ++k) (*reach)[order[k]] = (size - before[k]) / size;
    }
    return static_cast<float>((sums - 1) / size);
  }
  static void sparsemax(std::span<float> row) {
    const float threshold = sparsemax_threshold(row, nullptr);
    for (float& x : row) x = std::max(0.0F, x - threshold);
  }
  static void sparsemax_vjp(std::span<const float> x, std::span<const float>, std::span<float> d,
                            std::int64_t channels, const Activation&) {
    const auto n = static_cast<std::size_t>(channels);
    std::vector<double> reach;
    for (std::size_t at = 0; n != 0 && at + n <= d.size(); at += n) {
      const float threshold = sparsemax_threshold(x.subspan(at, n), &reach);
      double sum = 0;
      for (std::size_t i = 0; i < n; ++i) {
        if (x[at + i] - threshold < 0) d[at + i] = 0;
        sum += static_cast<double>(d[at + i]);
      }
      for (std::size_t i = 0; i < n; ++i) d[at + i] -= static_cast<float>(sum * reach[i]);
    }
  }

  // --- functions with parameters
  static void linear(std::span<float>, std::int64_t, const Activation&) {}
  static void linear_vjp(std::span<const float>, std::span<const float>, std::span<float>, std::int64_t,
                         const Activation&) {}
  static void plain_relu(std::span<float> values, std::int64_t, const Activation&) {
    for (float& x : values) x = x < 0 ? 0.0F : x;  // keeps NaN, as Keras does
  }
  /// keras.activations.relu with parameters, step by step as Keras computes it: x above the threshold and 0
  /// up to it, between 0 and max_value where there is one, less negative_slope (threshold - x) below the
  /// threshold.
  struct Relu {
    float slope, threshold, most;
    bool limited;

    explicit Relu(const Activation& a)
        : slope(static_cast<float>(a.alpha_)),
          threshold(static_cast<float>(a.threshold_)),
          most(static_cast<float>(a.max_value_)),
          limited(std::isfinite(a.max_value_)) {}

    float value(float x) const {
      if (x != x) return x;
      float y = x > threshold ? x : 0.0F;
      if (limited) y = std::max(std::min(y, most), 0.0F);
      // Without a slope nothing, not 0 times what lies below, which for minus infinity is NaN.
      return slope != 0 && x < threshold ? y - slope * (threshold - x) : y;
    }
    float derivative(float x) const {
      if (x < threshold) return slope;
      if (x > threshold) {
        // A limit passes gradients where it is reached, but relu6 does not.
        const bool six = most == 6 && threshold == 0;
        return limited && (x < 0 || x > most || (six && x == most)) ? 0.0F : 1.0F;
      }
      return slope != 0 && threshold == 0 && !limited ? slope : 0.0F;  // as leaky_relu
    }
  };
  static void relu(std::span<float> values, std::int64_t, const Activation& a) {
    const Relu relu(a);
    if (relu.slope == 0 && relu.threshold == 0 && relu.limited && relu.most >= 0) {
      // ReLU6 and its like, without branches. NaN stays.
      for (float& x : values) x = std::min(std::max(x, 0.0F), relu.most);
      return;
    }
    for (float& x : values) x = relu.value(x);
  }
  static void relu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                       const Activation& a) {
    const Relu relu(a);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] *= relu.derivative(x[i]);
  }
  /// keras.layers.ThresholdedReLU and keras.activations.threshold: x above the threshold, else `value`.
  static void threshold(std::span<float> values, std::int64_t, const Activation& a) {
    const auto limit = static_cast<float>(a.threshold_), value = static_cast<float>(a.alpha_);
    for (float& x : values) x = x > limit ? x : value;
  }
  static void threshold_vjp(std::span<const float> x, std::span<const float>, std::span<float> d,
                            std::int64_t, const Activation& a) {
    const auto limit = static_cast<float>(a.threshold_);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = x[i] > limit ? d[i] : 0.0F;
  }
  static void leaky_relu(std::span<float> values, std::int64_t, const Activation& a) {
    const auto slope = static_cast<float>(a.alpha_);
    for (float& x : values) x = x < 0 ? slope * x : x;
  }
  static void leaky_relu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d,
                             std::int64_t, const Activation& a) {
    const auto slope = static_cast<float>(a.alpha_);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = x[i] > 0 ? d[i] : slope * d[i];
  }
  static void elu(std::span<float> values, std::int64_t, const Activation& a) {
    const auto alpha = static_cast<float>(a.alpha_);
    for (float& x : values) x = x < 0 ? alpha * std::expm1(x) : x;
  }
  static void elu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                      const Activation& a) {
    const auto alpha = static_cast<float>(a.alpha_);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] *= x[i] > 0 ? 1.0F : alpha * std::exp(x[i]);
  }
  static void celu(std::span<float> values, std::int64_t, const Activation& a) {
    const auto alpha = static_cast<float>(a.alpha_);
    for (float& x : values) x = x < 0 ? alpha * std::expm1(x / alpha) : x;
  }
  static void celu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                       const Activation& a) {
    const auto alpha = static_cast<float>(a.alpha_);
    // Keras adds up max(x, 0) and a function of min(x, 0), both of which pass gradients at 0.
    const auto slope = [&](float v) { return v > 0 ? 1.0F : v == 0 ? 2.0F : std::exp(v / alpha); };
    for (std::size_t i = 0; i < d.size(); ++i) d[i] *= slope(x[i]);
  }

  static void soft_shrink(std::span<float> values, std::int64_t, const Activation& a) {
    const auto t = static_cast<float>(a.threshold_);
    for (float& x : values) x = x > t ? x - t : x < -t ? x + t : 0.0F;
  }
  static void hard_shrink(std::span<float> values, std::int64_t, const Activation& a) {
    const auto t = static_cast<float>(a.threshold_);
    for (float& x : values) x = std::abs(x) > t ? x : 0.0F;
  }
  static void shrink_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                         const Activation& a) {
    const auto t = static_cast<float>(a.threshold_);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] = std::abs(x[i]) > t ? d[i] : 0.0F;
  }
  static void squareplus(std::span<float> values, std::int64_t, const Activation& a) {
    const auto b = static_cast<float>(a.alpha_);
    for (float& x : values) x = 0.5F * (x + std::sqrt(x * x + b));
  }
  static void squareplus_vjp(std::span<const float> x, std::span<const float>, std::span<float> d,
                             std::int64_t, const Activation& a) {
    const auto b = static_cast<float>(a.alpha_);
    for (std::size_t i = 0; i < d.size(); ++i) d[i] *= 0.5F * (1 + x[i] / std::sqrt(x[i] * x[i] + b));
  }

  struct Entry {
    std::string_view name;
    Function function;
    Derivative derivative;
    bool needs_input = false;
  };
  static std::span<const Entry> entries() {
    static constexpr Entry table[] = {
        {"linear", linear, linear_vjp},
        {"relu", plain_relu, nullptr},  // see Activation::vjp
        {"relu6", each<relu6>, each_vjp<relu6_d>},
        {"leaky_relu", leaky_relu, leaky_relu_vjp, true},
        {"elu", elu, elu_vjp, true},
        {"selu", each<selu>, each_vjp<selu_d>},
        {"celu", celu, celu_vjp, true},
        {"gelu", each<gelu>, each_vjp<gelu_d>, true},
        {"sigmoid", each<sigmoid>, each_vjp<sigmoid_d>},
        {"hard_sigmoid", each<hard_sigmoid3>, each_vjp<hard_sigmoid3_d>},
        {"silu", each<silu>, each_vjp<silu_d>, true},
        {"hard_silu", each<hard_silu>, each_vjp<hard_silu_d>, true},
        {"tanh", each<tanh>, each_vjp<tanh_d>},
        {"hard_tanh", each<hard_tanh>, each_vjp<hard_tanh_d>, true},
        {"tanh_shrink", each<tanh_shrink>, each_vjp<tanh_shrink_d>, true},
        {"soft_shrink", soft_shrink, shrink_vjp, true},
        {"hard_shrink", hard_shrink, shrink_vjp, true},
        {"softplus", each<softplus>, each_vjp<softplus_d>, true},
        {"softsign", each<softsign>, each_vjp<softsign_d>},
        {"softmax", rows<softmax>, rows_vjp<softmax_d>},
        {"log_softmax", rows<log_softmax>, rows_vjp<log_softmax_d>},
        {"log_sigmoid", each<log_sigmoid>, each_vjp<log_sigmoid_d>, true},
        {"mish", each<mish>, each_vjp<mish_d>, true},
        {"exponential", each<exponential>, each_vjp<exponential_d>},
        {"squareplus", squareplus, squareplus_vjp, true},
        {"sparse_plus", each<sparse_plus>, each_vjp<sparse_plus_d>, true},
        {"sparse_sigmoid", each<sparse_sigmoid>, each_vjp<sparse_sigmoid_d>, true},
        {"sparsemax", rows<sparsemax>, sparsemax_vjp, true},
        {"threshold", threshold, threshold_vjp, true},
    };
    return table;
  }

  /// Other spellings: aliases, and the class names of activation layers.
  static std::string canonical(const std::string& name) {
    static const std::map<std::string_view, std::string_view> aliases = {
        {"swish", "silu"},      {"hard_swish", "hard_silu"},
        {"exp", "exponential"}, {"ReLU", "relu"},
        {"ReLU6", "relu6"},     {"LeakyReLU", "leaky_relu"},
        {"ELU", "elu"},         {"ThresholdedReLU", "threshold"},
        {"Softmax", "softmax"}, {"gelu_new", "gelu"}};
    const auto at = aliases.find(name);
    return at == aliases.end() ? name : std::string(at->second);
  }
};

Activation Activation::parse(const std::string& name, const Config& config, const Origin& origin) {
  const auto table = ActivationTable::entries();
  const auto at = std::ranges::find(table, ActivationTable::canonical(name), &ActivationTable::Entry::name);
  if (at == table.end()) throw_unsupported("activation '{}' is not supported", shortened(one_line(name), 40));
  Activation a;
  a.name_ = at->name;
  a.function_ = at->function;
  a.derivative_ = at->derivative;
  a.needs_input_ = at->needs_input;
  const nlohmann::ordered_json& json = config.json();
  const auto number = [&](std::initializer_list<const char*> keys, double fallback) {
    for (const char* key : keys)
      if (const auto v = json.find(key); json.is_object() && v != json.end() && !v->is_null()) {
        if (v->is_number()) return v->get<double>();
        // TF 1 wrote NumPy scalars as {"type": "ndarray", "value": 0.3}.
        if (v->is_object() && v->contains("value") && (*v)["value"].is_number())
          return (*v)["value"].get<double>();
        throw_input("activation {}: {} is not a number", name, key);
      }
    return fallback;
  };
  if (a.name_ == "hard_sigmoid" && origin.keras_major < 3) {
    a.function_ = ActivationTable::each<ActivationTable::hard_sigmoid2>;
    a.derivative_ = ActivationTable::each_vjp<ActivationTable::hard_sigmoid2_d>;
    a.needs_input_ = true;
  }
  if (a.name_ == "leaky_relu")
    a.alpha_ = number({"negative_slope", "alpha"}, name == "LeakyReLU" ? 0.3 : 0.2);
  if (a.name_ == "elu" || a.name_ == "celu") a.alpha_ = number({"alpha"}, 1.0);
  if (a.name_ == "soft_shrink" || a.name_ == "hard_shrink") a.threshold_ = number({"threshold"}, 0.5);
  if (a.name_ == "squareplus") a.alpha_ = number({"b"}, 4.0);
  if (a.name_ == "threshold") {
    a.threshold_ = number({"theta", "threshold"}, 1.0);
    a.alpha_ = number({"default_value"}, 0.0);
  }
  if (a.name_ == "gelu" && json.is_object() && json.contains("approximate") && json["approximate"] == true) {
    a.function_ = ActivationTable::each<ActivationTable::gelu_tanh>;
    a.derivative_ = ActivationTable::each_vjp<ActivationTable::gelu_tanh_d>;
  }
  if (a.name_ == "relu") {
    a.alpha_ = number({"negative_slope", "alpha"}, 0.0);
    a.max_value_ = number({"max_value"}, std::numeric_limits<double>::infinity());
    a.threshold_ = number({"threshold", "theta"}, 0.0);
    if (a.alpha_ != 0 || a.threshold_ != 0 || std::isfinite(a.max_value_)) {
      a.function_ = ActivationTable::relu;
      a.derivative_ = ActivationTable::relu_vjp;
      a.needs_input_ = true;
    }
  }
  return a;
}

void Activation::apply(std::span<float> values, std::int64_t channels) const {
  function_(values, channels, *this);
}

bool Activation::plain_relu() const {
  return function_ == ActivationTable::plain_relu;
}

Tensor Activation::vjp(std::span<const float> x, std::span<const float> y, const Tensor& d_y,
                       std::int64_t channels) const {
  if (plain_relu()) {  // by far the most used: without a copy first
    Tensor d(d_y.shape());
    kernel_set().loops.relu_vjp(d.size(), y.data(), d_y.data(), d.data());
    return d;
  }
  Tensor d = d_y.clone();
  derivative_(x, y, d.values(), channels, *this);
  return d;
}

}  // namespace nv
