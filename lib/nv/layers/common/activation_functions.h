// The table of activation functions: values and derivatives. For activation.cpp alone.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace nv {

/// Parameters of the few functions that have them; unused ones stay 0.
struct ActivationParameters {
  double alpha = 0;      ///< slope below 0, scale, or the value below the threshold
  double max_value = 0;  ///< of relu: upper limit, infinity for none
  double threshold = 0;
};

struct ActivationFunction {
  using Apply = void (*)(std::span<float> values, std::int64_t channels, const ActivationParameters&);
  /// Multiplies `d`, the cotangent of the values `y` at the arguments `x`, by the derivative.
  using Vjp = void (*)(std::span<const float> x, std::span<const float> y, std::span<float> d,
                       std::int64_t channels, const ActivationParameters&);

  std::string_view name;  ///< as keras.activations has it
  Apply apply;
  Vjp vjp;
  bool needs_input = false;  ///< whether vjp reads x
};

/// The function of that name as Keras 3 defines it without parameters; nullptr if there is none.
const ActivationFunction* find_activation_function(std::string_view name);

// Variants, which parameters or the version of Keras select.

extern const ActivationFunction hard_sigmoid_of_keras2;  ///< clip(0.2 x + 0.5, 0, 1)
extern const ActivationFunction gelu_by_tanh;            ///< gelu(approximate=True)
/// relu with negative_slope (alpha), max_value or threshold.
extern const ActivationFunction relu_with_parameters;

}  // namespace nv
