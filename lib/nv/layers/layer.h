// What a layer kind answers. One file a kind or family, one line a kind in registry.cpp.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/layers/common/activation.h"

namespace nv {

/// What a forward pass may use.
struct Context {
  ThreadPool& pool;
};

/// A weight that a layer expects.
struct WeightSpec {
  std::string name;  ///< Keras's: "kernel", "moving_mean"
  Shape shape;       ///< may hold unknown axes where the input's shape does
  bool trainable = true;
};

/// The part of its input that one output position of a spatial layer sees, by axis [height, width].
struct Window {
  std::array<std::int64_t, 2> size{1, 1};  ///< dilation included
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> before{0, 0};  ///< padding above and to the left
};

/// A layer kind with its configuration, parsed once into typed members by the constructor; an option that is
/// not understood is an Error(unsupported) that names it. Shapes carry no batch axis; tensors carry it as
/// axis 0, and the numbers of an item do not depend on the rest of the batch or on the number of threads.
class Layer {
 public:
  virtual ~Layer() = default;

  /// Output shape. Throws Error(input) where the inputs do not fit.
  virtual Shape shape(std::span<const Shape> inputs) const = 0;

  /// Weights in the order in which Keras keeps them.
  virtual std::vector<WeightSpec> weights(std::span<const Shape> /*inputs*/) const { return {}; }
  /// Takes the weights; called once, before forward, with shapes that were checked against weights().
  virtual void load(std::vector<Tensor> /*weights*/) {}  // NOLINT(performance-unnecessary-value-param)

  /// One output (batch first), which may share storage with an input.
  virtual Tensor forward(std::span<const Tensor> inputs, Context& context) const = 0;

  /// Vector-Jacobian product: the gradients to the inputs (their shapes) of a scalar whose gradient to the
  /// output is `d_output`, where `output` is what forward gave for `inputs`. An empty tensor stands for a
  /// gradient of 0 everywhere (an index into a table). Throws Error(unsupported) for a kind without a
  /// gradient.
  virtual std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output,
                                  const Tensor& d_output, Context& context) const;

  /// Multiply-adds of convolutions, dense layers and matrix products, for one item.
  virtual std::int64_t macs(std::span<const Shape> /*inputs*/) const { return 0; }

  /// What one output position sees of the first input; nullopt where position has no meaning (Flatten,
  /// Dense).
  virtual std::optional<Window> window(const Shape& /*input*/) const { return std::nullopt; }

  /// Keras's name of the activation that the layer applies, "" where it has none.
  virtual std::string_view activation() const { return {}; }
};

/// For kinds that end in an activation function: dense layers and convolutions. Their gradient, and the
/// logits of a network that ends in softmax, need what goes into the activation.
class ActivatedLayer : public Layer {
 public:
  /// The output before the activation.
  virtual Tensor linear(std::span<const Tensor> inputs, Context& context) const = 0;
  /// The gradients to the inputs from that to `linear`'s result.
  virtual std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d_linear,
                                         Context& context) const = 0;

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override;
  std::string_view activation() const override { return activation_.name(); }

 protected:
  explicit ActivatedLayer(const Activation& activation) : activation_(activation) {}
  Activation activation_;
};

/// For kinds that work on each element alone: same shape, same position.
class ElementwiseLayer : public Layer {
 public:
  Shape shape(std::span<const Shape> inputs) const override { return inputs[0]; }
  std::optional<Window> window(const Shape& input) const override {
    return input.rank() == 3 ? std::optional(Window{}) : std::nullopt;
  }
};

}  // namespace nv
