#include "nv/layers/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

struct ActivationTable {
  /// A function of one element.
  template <float (*F)(float)>
  static void each(std::span<float> values, std::int64_t, const Activation&) {
    for (float& x : values) x = F(x);
  }
  /// A function of all channels of one position.
  template <void (*F)(std::span<float>)>
  static void rows(std::span<float> values, std::int64_t channels, const Activation&) {
    const auto n = static_cast<std::size_t>(channels);
    for (std::size_t at = 0; n != 0 && at + n <= values.size(); at += n) F(values.subspan(at, n));
  }

  // --- functions without parameters, as keras.activations defines them
  static float relu6(float x) { return std::min(std::max(x, 0.0F), 6.0F); }
  static float sigmoid(float x) {
    // Two forms, so that neither overflows.
    if (x >= 0) return 1.0F / (1.0F + std::exp(-x));
    const float e = std::exp(x);
    return e / (1.0F + e);
  }
  static float softplus(float x) { return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x))); }
  static float selu(float x) {
    constexpr float alpha = 1.6732632423543772848F, scale = 1.0507009873554804934F;
    return x > 0 ? scale * x : scale * alpha * std::expm1(x);
  }
  static float gelu(float x) { return 0.5F * x * std::erfc(-x * 0.70710678118654752440F); }
  static float hard_sigmoid3(float x) { return relu6(x + 3.0F) / 6.0F; }
  static float hard_sigmoid2(float x) { return std::clamp(0.2F * x + 0.5F, 0.0F, 1.0F); }
  static float silu(float x) { return x * sigmoid(x); }
  static float hard_silu(float x) { return x * hard_sigmoid3(x); }
  static float tanh(float x) { return std::tanh(x); }
  static float hard_tanh(float x) { return std::clamp(x, -1.0F, 1.0F); }
  static float tanh_shrink(float x) { return x - std::tanh(x); }
  static float soft_shrink(float x) { return x > 0.5F ? x - 0.5F : x < -0.5F ? x + 0.5F : 0.0F; }
  static float hard_shrink(float x) { return std::abs(x) > 0.5F ? x : 0.0F; }
  static float softsign(float x) { return x / (1.0F + std::abs(x)); }
  static float log_sigmoid(float x) { return -softplus(-x); }
  static float mish(float x) { return x * std::tanh(softplus(x)); }
  static float exponential(float x) { return std::exp(x); }
  static float squareplus(float x) { return 0.5F * (x + std::sqrt(x * x + 4.0F)); }
  static float sparse_plus(float x) { return x <= -1 ? 0.0F : x < 1 ? 0.25F * (x + 1) * (x + 1) : x; }
  static float sparse_sigmoid(float x) { return x <= -1 ? 0.0F : x >= 1 ? 1.0F : 0.5F * (x + 1); }

  static void softmax(std::span<float> row) {
    const float top = *std::ranges::max_element(row);
    double sum = 0;
    for (float& x : row) sum += (x = std::exp(x - top));
    const auto inverse = static_cast<float>(1.0 / sum);
    for (float& x : row) x *= inverse;
  }
  static void log_softmax(std::span<float> row) {
    const float top = *std::ranges::max_element(row);
    double sum = 0;
    for (float x : row) sum += std::exp(x - top);
    const auto shift = static_cast<float>(std::log(sum));
    for (float& x : row) x = x - top - shift;
  }
  /// Martins & Astudillo 2016: the Euclidean projection onto the simplex.
  static void sparsemax(std::span<float> row) {
    std::vector<float> sorted(row.begin(), row.end());
    std::ranges::sort(sorted, std::greater<>());
    double sum = 0, tau = 0;
    for (std::size_t k = 0; k < sorted.size(); ++k) {
      sum += sorted[k];
      const double t = (sum - 1) / static_cast<double>(k + 1);
      if (sorted[k] > t) tau = t;
    }
    for (float& x : row) x = std::max(0.0F, static_cast<float>(x - tau));
  }

  // --- functions with parameters
  static void linear(std::span<float>, std::int64_t, const Activation&) {}
  static void plain_relu(std::span<float> values, std::int64_t, const Activation&) {
    for (float& x : values) x = x < 0 ? 0.0F : x;  // keeps NaN, as Keras does
  }
  /// keras.activations.relu: negative_slope (x - threshold) below the threshold, x above it, at most max_value.
  static void relu(std::span<float> values, std::int64_t, const Activation& a) {
    const auto slope = static_cast<float>(a.alpha_), threshold = static_cast<float>(a.threshold_),
               most = static_cast<float>(a.max_value_);
    for (float& x : values) x = std::min(x >= threshold ? x : slope * (x - threshold), most);
  }
  static void leaky_relu(std::span<float> values, std::int64_t, const Activation& a) {
    const auto slope = static_cast<float>(a.alpha_);
    for (float& x : values) x = x < 0 ? slope * x : x;
  }
  static void elu(std::span<float> values, std::int64_t, const Activation& a) {
    const auto alpha = static_cast<float>(a.alpha_);
    for (float& x : values) x = x < 0 ? alpha * std::expm1(x) : x;
  }
  static void celu(std::span<float> values, std::int64_t, const Activation& a) {
    const auto alpha = static_cast<float>(a.alpha_);
    for (float& x : values) x = x < 0 ? alpha * std::expm1(x / alpha) : x;
  }
  static void gelu_tanh(std::span<float> values, std::int64_t, const Activation&) {
    for (float& x : values) x = 0.5F * x * (1 + std::tanh(0.7978845608028654F * (x + 0.044715F * x * x * x)));
  }

  using Function = Activation::Function;
  static const std::map<std::string_view, Function>& functions() {
    static const std::map<std::string_view, Function> table = {
        {"linear", linear},
        {"relu", plain_relu},
        {"relu6", each<relu6>},
        {"leaky_relu", leaky_relu},
        {"elu", elu},
        {"selu", each<selu>},
        {"celu", celu},
        {"gelu", each<gelu>},
        {"sigmoid", each<sigmoid>},
        {"hard_sigmoid", each<hard_sigmoid3>},
        {"silu", each<silu>},
        {"hard_silu", each<hard_silu>},
        {"tanh", each<tanh>},
        {"hard_tanh", each<hard_tanh>},
        {"tanh_shrink", each<tanh_shrink>},
        {"soft_shrink", each<soft_shrink>},
        {"hard_shrink", each<hard_shrink>},
        {"softplus", each<softplus>},
        {"softsign", each<softsign>},
        {"softmax", rows<softmax>},
        {"log_softmax", rows<log_softmax>},
        {"log_sigmoid", each<log_sigmoid>},
        {"mish", each<mish>},
        {"exponential", each<exponential>},
        {"squareplus", each<squareplus>},
        {"sparse_plus", each<sparse_plus>},
        {"sparse_sigmoid", each<sparse_sigmoid>},
        {"sparsemax", rows<sparsemax>},
    };
    return table;
  }

  /// Other spellings: aliases, and the class names of activation layers.
  static std::string canonical(const std::string& name) {
    static const std::map<std::string_view, std::string_view> aliases = {
        {"swish", "silu"},     {"hard_swish", "hard_silu"}, {"exp", "exponential"}, {"ReLU", "relu"},
        {"ReLU6", "relu6"},    {"LeakyReLU", "leaky_relu"}, {"ELU", "elu"},         {"Softmax", "softmax"},
        {"gelu_new", "gelu"},  {"hardsigmoid", "hard_sigmoid"}};
    const auto at = aliases.find(name);
    return at == aliases.end() ? name : std::string(at->second);
  }
};

Activation Activation::parse(const std::string& name, const Config& config, const Origin& origin) {
  const auto& table = ActivationTable::functions();
  const auto at = table.find(ActivationTable::canonical(name));
  if (at == table.end()) throw_unsupported("activation '{}' is not supported", shortened(one_line(name), 40));
  Activation a;
  a.name_ = at->first;
  a.function_ = at->second;
  const nlohmann::ordered_json& json = config.json();
  const auto number = [&](std::initializer_list<const char*> keys, double fallback) {
    for (const char* key : keys)
      if (const auto v = json.find(key); json.is_object() && v != json.end() && !v->is_null()) {
        if (v->is_number()) return v->get<double>();
        // TF 1 wrote NumPy scalars as {"type": "ndarray", "value": 0.3}.
        if (v->is_object() && v->contains("value") && (*v)["value"].is_number()) return (*v)["value"].get<double>();
        throw_input("activation {}: {} is not a number", name, key);
      }
    return fallback;
  };
  if (a.name_ == "hard_sigmoid" && origin.keras_major < 3) a.function_ = ActivationTable::each<ActivationTable::hard_sigmoid2>;
  if (a.name_ == "leaky_relu") a.alpha_ = number({"negative_slope", "alpha"}, name == "LeakyReLU" ? 0.3 : 0.2);
  if (a.name_ == "elu" || a.name_ == "celu") a.alpha_ = number({"alpha"}, 1.0);
  if (a.name_ == "gelu" && json.is_object() && json.contains("approximate") && json["approximate"] == true)
    a.function_ = ActivationTable::gelu_tanh;
  if (a.name_ == "relu") {
    a.alpha_ = number({"negative_slope", "alpha"}, 0.0);
    a.max_value_ = number({"max_value"}, std::numeric_limits<double>::infinity());
    a.threshold_ = number({"threshold", "theta"}, 0.0);
    if (a.alpha_ != 0 || a.threshold_ != 0 || std::isfinite(a.max_value_)) a.function_ = ActivationTable::relu;
  }
  return a;
}

void Activation::apply(std::span<float> values, std::int64_t channels) const { function_(values, channels, *this); }

}  // namespace nv
