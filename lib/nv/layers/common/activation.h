// The functions of keras.activations, as layers and as the last step of other layers.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "nv/core/tensor.h"
#include "nv/layers/common/activation_functions.h"
#include "nv/model/model.h"

namespace nv {

/// An activation function with its parameters. Softmax, log_softmax and sparsemax work along the last axis,
/// all others on each element.
class Activation {
 public:
  /// `name` as Keras spells it ("relu", "swish") or the class of an activation layer ("LeakyReLU"); `config`
  /// is the configuration of that layer. Throws Error(unsupported) for a function that Keras does not have,
  /// and Error(input) for a parameter that is not a number. The version of Keras decides on hard_sigmoid: up
  /// to Keras 2 it is clip(0.2 x + 0.5, 0, 1), in Keras 3 relu6(x + 3) / 6.
  static Activation parse(const std::string& name, const Config& config, const Origin& origin);

  std::string_view name() const { return function_->name; }
  bool linear() const { return linear_; }
  /// Whether it is relu without parameters: max(x, 0).
  bool plain_relu() const;

  /// m if it is min(max(x, 0), m) with NaN left as it is; infinity for plain relu.
  std::optional<float> limit() const { return limit_; }

  /// Applies the function in place; `channels` is the size of the last axis.
  void apply(std::span<float> values, std::int64_t channels) const;
  /// Writes the function's values of `x` to `y`, which may be the same memory.
  void apply(std::span<const float> x, std::int64_t channels, float* y) const;

  /// Whether the derivative needs the argument, and not only the function's value.
  bool needs_input() const { return function_->needs_input; }
  /// The gradient to the arguments `x`, given the function's values `y` and their cotangent `d_y`. Unless
  /// needs_input(), `x` may be any span of that size. At a kink: the derivative that TensorFlow takes.
  Tensor vjp(std::span<const float> x, std::span<const float> y, const Tensor& d_y,
             std::int64_t channels) const;

 private:
  std::optional<float> find_limit() const;

  const ActivationFunction* function_ = nullptr;
  ActivationParameters parameters_;
  std::optional<float> limit_;
  bool linear_ = false;
};

}  // namespace nv
