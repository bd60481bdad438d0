// The functions of keras.activations, as layers and as the last step of other layers use them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "nv/core/tensor.h"
#include "nv/model/model.h"

namespace nv {

/// A named function with its parameters. Softmax and its kin work along the last axis.
class Activation {
 public:
  /// `name` as Keras writes it, or the class name of an activation layer with its config. Throws
  /// Error(unsupported) for a function that Keras does not have. `hard_sigmoid` is the one whose meaning
  /// differs by version: clip(0.2 x + 0.5, 0, 1) up to Keras 2, relu6(x + 3) / 6 in Keras 3.
  static Activation parse(const std::string& name, const Config& config, const Origin& origin);

  std::string_view name() const { return name_; }
  bool linear() const { return name_ == "linear"; }
  /// x where that is above 0, else 0: relu without parameters.
  bool plain_relu() const;

  /// Applies the function in place; `channels` is the size of the last axis.
  void apply(std::span<float> values, std::int64_t channels) const;

  /// Whether the derivative cannot be told from the function's value alone.
  bool needs_input() const { return needs_input_; }
  /// The gradient to the arguments `x` (which may be anything of the same size unless needs_input()), where
  /// `d_y` is that to the function's values `y`. At a kink: the derivative that TensorFlow gives.
  Tensor vjp(std::span<const float> x, std::span<const float> y, const Tensor& d_y,
             std::int64_t channels) const;

 private:
  using Function = void (*)(std::span<float>, std::int64_t channels, const Activation&);
  using Derivative = void (*)(std::span<const float> x, std::span<const float> y, std::span<float> d,
                              std::int64_t channels, const Activation&);
  friend struct ActivationTable;

  std::string_view name_;
  Function function_ = nullptr;
  Derivative derivative_ = nullptr;
  bool needs_input_ = false;
  // Parameters of the few functions that have them (leaky_relu, elu, relu...).
  double alpha_ = 0, max_value_ = 0, threshold_ = 0;
};

}  // namespace nv
