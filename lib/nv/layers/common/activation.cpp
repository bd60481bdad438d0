#include "nv/layers/common/activation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/kernels/kernel_set.h"

namespace nv {

namespace {

/// The name of the function for an alias or the class name of an activation layer.
std::string canonical(const std::string& name) {
  static const std::map<std::string_view, std::string_view> aliases = {
      {"swish", "silu"},      {"hard_swish", "hard_silu"},
      {"exp", "exponential"}, {"ReLU", "relu"},
      {"ReLU6", "relu6"},     {"LeakyReLU", "leaky_relu"},
      {"ELU", "elu"},         {"ThresholdedReLU", "threshold"},
      {"Softmax", "softmax"}, {"gelu_new", "gelu"}};
  const auto at = aliases.find(name);
  return at == aliases.end() ? name : std::string(at->second);
}

/// Parameters by the keys that versions of Keras use for them.
class ParameterReader {
 public:
  ParameterReader(const std::string& activation, const Config& config)
      : activation_(activation), json_(config.json()) {}

  double number(std::initializer_list<const char*> keys, double fallback) const {
    if (!json_.is_object()) return fallback;
    for (const char* key : keys)
      if (const auto v = json_.find(key); v != json_.end() && !v->is_null()) {
        if (v->is_number()) return v->get<double>();
        // TF 1 wrote NumPy scalars as {"type": "ndarray", "value": 0.3}.
        if (v->is_object() && v->contains("value") && (*v)["value"].is_number())
          return (*v)["value"].get<double>();
        throw_input("activation {}: {} is not a number", activation_, key);
      }
    return fallback;
  }
  bool is_true(const char* key) const {
    return json_.is_object() && json_.contains(key) && json_[key] == true;
  }

 private:
  const std::string& activation_;
  const nlohmann::ordered_json& json_;
};

ActivationParameters read_parameters(std::string_view function, bool is_leaky_layer,
                                     const ParameterReader& r) {
  ActivationParameters p;
  if (function == "leaky_relu") p.alpha = r.number({"negative_slope", "alpha"}, is_leaky_layer ? 0.3 : 0.2);
  if (function == "elu" || function == "celu") p.alpha = r.number({"alpha"}, 1.0);
  if (function == "soft_shrink" || function == "hard_shrink") p.threshold = r.number({"threshold"}, 0.5);
  if (function == "squareplus") p.alpha = r.number({"b"}, 4.0);
  if (function == "threshold") {
    p.threshold = r.number({"theta", "threshold"}, 1.0);
    p.alpha = r.number({"default_value"}, 0.0);
  }
  if (function == "relu") {
    p.alpha = r.number({"negative_slope", "alpha"}, 0.0);
    p.max_value = r.number({"max_value"}, std::numeric_limits<double>::infinity());
    p.threshold = r.number({"threshold", "theta"}, 0.0);
  }
  return p;
}

}  // namespace

Activation Activation::parse(const std::string& name, const Config& config, const Origin& origin) {
  Activation a;
  a.function_ = find_activation_function(canonical(name));
  if (a.function_ == nullptr)
    throw_unsupported("activation '{}' is not supported", shortened(one_line(name), 40));
  const ParameterReader reader(name, config);
  a.parameters_ = read_parameters(a.name(), name == "LeakyReLU", reader);
  if (a.name() == "hard_sigmoid" && origin.keras_major < 3) a.function_ = &hard_sigmoid_of_keras2;
  if (a.name() == "gelu" && reader.is_true("approximate")) a.function_ = &gelu_by_tanh;
  const ActivationParameters& p = a.parameters_;
  if (a.name() == "relu" && (p.alpha != 0 || p.threshold != 0 || std::isfinite(p.max_value)))
    a.function_ = &relu_with_parameters;
  a.limit_ = a.find_limit();
  a.linear_ = a.name() == "linear";
  return a;
}

bool Activation::plain_relu() const {
  return name() == "relu" && function_ != &relu_with_parameters;
}

std::optional<float> Activation::find_limit() const {
  if (plain_relu()) return std::numeric_limits<float>::infinity();
  if (name() == "relu6") return 6.0F;
  const ActivationParameters& p = parameters_;
  const bool limits = name() == "relu" && p.alpha == 0 && p.threshold == 0 && p.max_value >= 0;
  return limits ? std::optional(static_cast<float>(p.max_value)) : std::nullopt;
}

void Activation::apply(std::span<float> values, std::int64_t channels) const {
  apply(values, channels, values.data());
}

void Activation::apply(std::span<const float> x, std::int64_t channels, float* y) const {
  if (linear_ && x.data() == y) return;
  if (const auto most = limit())
    return kernel_set().loops.clamp(static_cast<std::int64_t>(x.size()), *most, x.data(), y);
  if (x.data() != y) std::ranges::copy(x, y);
  function_->apply({y, x.size()}, channels, parameters_);
}

Tensor Activation::vjp(std::span<const float> x, std::span<const float> y, const Tensor& d_y,
                       std::int64_t channels) const {
  if (plain_relu()) {  // by far the most frequent one: no copy first
    Tensor d(d_y.shape());
    kernel_set().loops.relu_vjp(d.size(), y.data(), d_y.data(), d.data());
    return d;
  }
  Tensor d = d_y.clone();
  function_->vjp(x, y, d.values(), channels, parameters_);
  return d;
}

}  // namespace nv
