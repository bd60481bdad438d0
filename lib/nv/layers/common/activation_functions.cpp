// Formulas as keras.activations has them; derivatives as TensorFlow takes them, also at kinks.
#include "nv/layers/common/activation_functions.h"

#include <algorithm>
#include <cmath>

#include "nv/kernels/softmax.h"

namespace nv {

namespace {

/// The function F of each element, and its derivative D from argument and value.
template <float (*F)(float)>
void each(std::span<float> values, std::int64_t, const ActivationParameters&) {
  for (float& x : values) x = F(x);
}
template <float (*D)(float x, float y)>
void each_vjp(std::span<const float> x, std::span<const float> y, std::span<float> d, std::int64_t,
              const ActivationParameters&) {
  for (std::size_t i = 0; i < d.size(); ++i) d[i] *= D(x[i], y[i]);
}
/// The function F of each row of channels, and its vjp from the values.
template <void (*F)(std::span<float>)>
void rows(std::span<float> values, std::int64_t channels, const ActivationParameters&) {
  const auto n = static_cast<std::size_t>(channels);
  for (std::size_t at = 0; n != 0 && at + n <= values.size(); at += n) F(values.subspan(at, n));
}
template <void (*D)(std::span<const float> y, std::span<float> d)>
void rows_vjp(std::span<const float>, std::span<const float> y, std::span<float> d, std::int64_t channels,
              const ActivationParameters&) {
  const auto n = static_cast<std::size_t>(channels);
  for (std::size_t at = 0; n != 0 && at + n <= d.size(); at += n) D(y.subspan(at, n), d.subspan(at, n));
}

// ---------------------------------------------------------------- without parameters
float relu6(float x) {
  return std::min(std::max(x, 0.0F), 6.0F);
}
float relu6_d(float, float y) {
  return y > 0 && y < 6 ? 1.0F : 0.0F;
}
float sigmoid(float x) {
  // Two forms, so that neither overflows.
  if (x >= 0) return 1.0F / (1.0F + std::exp(-x));
  const float e = std::exp(x);
  return e / (1.0F + e);
}
float sigmoid_d(float, float y) {
  return y * (1 - y);
}
float softplus(float x) {
  return std::max(x, 0.0F) + std::log1p(std::exp(-std::abs(x)));
}
float softplus_d(float x, float) {
  return sigmoid(x);
}
constexpr float selu_alpha = 1.6732632423543772848F, selu_scale = 1.0507009873554804934F;
float selu(float x) {
  return x > 0 ? selu_scale * x : selu_scale * selu_alpha * std::expm1(x);
}
float selu_d(float, float y) {
  return y < 0 ? y + selu_scale * selu_alpha : selu_scale;
}
float gelu(float x) {
  return 0.5F * x * std::erfc(-x * 0.70710678118654752440F);
}
float gelu_d(float x, float) {
  return 0.5F * std::erfc(-x * 0.70710678118654752440F) +
         x * 0.39894228040143267794F * std::exp(-0.5F * x * x);
}
float gelu_tanh(float x) {
  return 0.5F * x * (1 + std::tanh(0.7978845608028654F * (x + 0.044715F * x * x * x)));
}
float gelu_tanh_d(float x, float) {
  const float t = std::tanh(0.7978845608028654F * (x + 0.044715F * x * x * x));
  return 0.5F * (1 + t) + 0.5F * x * (1 - t * t) * 0.7978845608028654F * (1 + 0.134145F * x * x);
}
float hard_sigmoid3(float x) {
  return relu6(x + 3.0F) / 6.0F;
}
float hard_sigmoid3_d(float, float y) {
  return y > 0 && y < 1 ? 1.0F / 6.0F : 0.0F;
}
float hard_sigmoid2(float x) {
  return std::clamp(0.2F * x + 0.5F, 0.0F, 1.0F);
}
float hard_sigmoid2_d(float x, float) {
  const float inner = 0.2F * x + 0.5F;
  return inner >= 0 && inner <= 1 ? 0.2F : 0.0F;  // clip passes gradients at its limits
}
float silu(float x) {
  return x * sigmoid(x);
}
float silu_d(float x, float) {
  const float s = sigmoid(x);
  return s * (1 + x * (1 - s));
}
float hard_silu(float x) {
  return x * hard_sigmoid3(x);
}
float hard_silu_d(float x, float) {
  return hard_sigmoid3(x) + (x > -3 && x < 3 ? x / 6.0F : 0.0F);
}
float tanh(float x) {
  return std::tanh(x);
}
float tanh_d(float, float y) {
  return 1 - y * y;
}
float hard_tanh(float x) {
  return std::clamp(x, -1.0F, 1.0F);
}
float hard_tanh_d(float x, float) {
  return x >= -1 && x <= 1 ? 1.0F : 0.0F;
}
float tanh_shrink(float x) {
  return x - std::tanh(x);
}
float tanh_shrink_d(float x, float) {
  const float t = std::tanh(x);
  return t * t;
}
float softsign(float x) {
  return x / (1.0F + std::abs(x));
}
float softsign_d(float, float y) {
  return (1 - std::abs(y)) * (1 - std::abs(y));
}
float log_sigmoid(float x) {
  return -softplus(-x);
}
float log_sigmoid_d(float x, float) {
  return sigmoid(-x);
}
float mish(float x) {
  return x * std::tanh(softplus(x));
}
float mish_d(float x, float) {
  const float t = std::tanh(softplus(x));
  return t + x * (1 - t * t) * sigmoid(x);
}
float exponential(float x) {
  return std::exp(x);
}
float exponential_d(float, float y) {
  return y;
}
float sparse_plus(float x) {
  return x <= -1 ? 0.0F : x < 1 ? 0.25F * (x + 1) * (x + 1) : x;
}
float sparse_plus_d(float x, float) {
  return x <= -1 ? 0.0F : x < 1 ? 0.5F * (x + 1) : 1.0F;
}
float sparse_sigmoid(float x) {
  return x <= -1 ? 0.0F : x >= 1 ? 1.0F : 0.5F * (x + 1);
}
float sparse_sigmoid_d(float x, float) {
  return x > -1 && x < 1 ? 0.5F : 0.0F;
}
void sparsemax_rows_vjp(std::span<const float> x, std::span<const float>, std::span<float> d,
                        std::int64_t channels, const ActivationParameters&) {
  const auto n = static_cast<std::size_t>(channels);
  for (std::size_t at = 0; n != 0 && at + n <= d.size(); at += n)
    sparsemax_vjp(x.subspan(at, n), d.subspan(at, n));
}

// ---------------------------------------------------------------- with parameters
void linear(std::span<float>, std::int64_t, const ActivationParameters&) {}
void linear_vjp(std::span<const float>, std::span<const float>, std::span<float>, std::int64_t,
                const ActivationParameters&) {}
void plain_relu(std::span<float> values, std::int64_t, const ActivationParameters&) {
  for (float& x : values) x = x < 0 ? 0.0F : x;  // keeps NaN, as Keras does
}
/// keras.activations.relu with parameters, in the steps of Keras: x if x > threshold else 0; clipped to
/// [0, max_value] if there is one; minus negative_slope (threshold - x) if x < threshold.
struct ReluFormula {
  float slope, threshold, most;
  bool limited;

  explicit ReluFormula(const ActivationParameters& p)
      : slope(static_cast<float>(p.alpha)),
        threshold(static_cast<float>(p.threshold)),
        most(static_cast<float>(p.max_value)),
        limited(std::isfinite(p.max_value)) {}

  float value(float x) const {
    if (x != x) return x;
    float y = x > threshold ? x : 0.0F;
    if (limited) y = std::max(std::min(y, most), 0.0F);
    // Without a slope nothing is subtracted: 0 times minus infinity would be NaN.
    return slope != 0 && x < threshold ? y - slope * (threshold - x) : y;
  }
  float derivative(float x) const {
    if (x < threshold) return slope;
    if (x > threshold) {
      // The limit itself passes gradients, except in relu6.
      const bool six = most == 6 && threshold == 0;
      return limited && (x < 0 || x > most || (six && x == most)) ? 0.0F : 1.0F;
    }
    return slope != 0 && threshold == 0 && !limited ? slope : 0.0F;  // as in leaky_relu
  }
};
void relu(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const ReluFormula relu(p);
  for (float& x : values) x = relu.value(x);
}
void relu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
              const ActivationParameters& p) {
  const ReluFormula relu(p);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] *= relu.derivative(x[i]);
}
/// keras.layers.ThresholdedReLU and keras.activations.threshold: x if x > threshold, else `value`.
void threshold(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const auto limit = static_cast<float>(p.threshold), value = static_cast<float>(p.alpha);
  for (float& x : values) x = x > limit ? x : value;
}
void threshold_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                   const ActivationParameters& p) {
  const auto limit = static_cast<float>(p.threshold);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = x[i] > limit ? d[i] : 0.0F;
}
void leaky_relu(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const auto slope = static_cast<float>(p.alpha);
  for (float& x : values) x = x < 0 ? slope * x : x;
}
void leaky_relu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                    const ActivationParameters& p) {
  const auto slope = static_cast<float>(p.alpha);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = x[i] > 0 ? d[i] : slope * d[i];
}
void elu(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const auto alpha = static_cast<float>(p.alpha);
  for (float& x : values) x = x < 0 ? alpha * std::expm1(x) : x;
}
void elu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
             const ActivationParameters& p) {
  const auto alpha = static_cast<float>(p.alpha);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] *= x[i] > 0 ? 1.0F : alpha * std::exp(x[i]);
}
void celu(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const auto alpha = static_cast<float>(p.alpha);
  for (float& x : values) x = x < 0 ? alpha * std::expm1(x / alpha) : x;
}
void celu_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
              const ActivationParameters& p) {
  const auto alpha = static_cast<float>(p.alpha);
  // Keras adds max(x, 0) and a function of min(x, 0); both pass gradients at 0.
  const auto slope = [&](float v) { return v > 0 ? 1.0F : v == 0 ? 2.0F : std::exp(v / alpha); };
  for (std::size_t i = 0; i < d.size(); ++i) d[i] *= slope(x[i]);
}

void soft_shrink(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const auto t = static_cast<float>(p.threshold);
  for (float& x : values) x = x > t ? x - t : x < -t ? x + t : 0.0F;
}
void hard_shrink(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const auto t = static_cast<float>(p.threshold);
  for (float& x : values) x = std::abs(x) > t ? x : 0.0F;
}
void shrink_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                const ActivationParameters& p) {
  const auto t = static_cast<float>(p.threshold);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = std::abs(x[i]) > t ? d[i] : 0.0F;
}
void squareplus(std::span<float> values, std::int64_t, const ActivationParameters& p) {
  const auto b = static_cast<float>(p.alpha);
  for (float& x : values) x = 0.5F * (x + std::sqrt(x * x + b));
}
void squareplus_vjp(std::span<const float> x, std::span<const float>, std::span<float> d, std::int64_t,
                    const ActivationParameters& p) {
  const auto b = static_cast<float>(p.alpha);
  for (std::size_t i = 0; i < d.size(); ++i) d[i] *= 0.5F * (1 + x[i] / std::sqrt(x[i] * x[i] + b));
}

// ---------------------------------------------------------------- the table

constexpr ActivationFunction functions[] = {
    {"linear", linear, linear_vjp},
    {"relu", plain_relu, nullptr},  // its vjp is in Activation::vjp
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
    {"softmax", rows<softmax>, rows_vjp<softmax_vjp>},
    {"log_softmax", rows<log_softmax>, rows_vjp<log_softmax_vjp>},
    {"log_sigmoid", each<log_sigmoid>, each_vjp<log_sigmoid_d>, true},
    {"mish", each<mish>, each_vjp<mish_d>, true},
    {"exponential", each<exponential>, each_vjp<exponential_d>},
    {"squareplus", squareplus, squareplus_vjp, true},
    {"sparse_plus", each<sparse_plus>, each_vjp<sparse_plus_d>, true},
    {"sparse_sigmoid", each<sparse_sigmoid>, each_vjp<sparse_sigmoid_d>, true},
    {"sparsemax", rows<sparsemax>, sparsemax_rows_vjp, true},
    {"threshold", threshold, threshold_vjp, true},
};

}  // namespace

const ActivationFunction hard_sigmoid_of_keras2{"hard_sigmoid", each<hard_sigmoid2>,
                                                each_vjp<hard_sigmoid2_d>, true};
const ActivationFunction gelu_by_tanh{"gelu", each<gelu_tanh>, each_vjp<gelu_tanh_d>, true};
const ActivationFunction relu_with_parameters{"relu", relu, relu_vjp, true};

const ActivationFunction* find_activation_function(std::string_view name) {
  const auto* const at = std::ranges::find(functions, name, &ActivationFunction::name);
  return at == std::end(functions) ? nullptr : at;
}

}  // namespace nv
