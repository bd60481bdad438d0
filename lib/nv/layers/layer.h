// The interface of a layer kind. Kinds are in the sub-folders, one file per kind or family; kinds.h lists
// them.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/accuracy.h"
#include "nv/core/parallel.h"
#include "nv/core/tensor.h"
#include "nv/layers/common/activation.h"

namespace nv {

/// What the engine computes from a layer's output part by part, each as soon as it is written, while it is in
/// the cache: the layers after it (engine/plan.h).
class Followers {
 public:
  virtual ~Followers() = default;
  /// Before any part: where the output will be.
  virtual void begin(const Tensor& output) = 0;
  /// `count` values of the output from `first` on, whole rows of its last axis, are final. May be called by
  /// several threads at once for different parts, and again if a part was computed anew.
  virtual void finished(std::int64_t first, std::int64_t count) = 0;
};

/// What a pass may use.
struct Context {
  ThreadPool& pool;
  Accuracy accuracy = Accuracy::standard;
  Followers* followers = nullptr;  ///< only for layers that say `reports_rows`

  /// The output of a layer that reports its rows; not initialised.
  Tensor output(const Shape& shape) const {
    Tensor y(shape);
    if (followers != nullptr) followers->begin(y);
    return y;
  }
  /// Reports values of such an output.
  void finished(std::int64_t first, std::int64_t count) const {
    if (followers != nullptr) followers->finished(first, count);
  }
};

/// A weight that a layer expects.
struct WeightSpec {
  std::string name;  ///< Keras's: "kernel", "moving_mean"
  Shape shape;       ///< has unknown axes if the input's shape has them
  bool trainable = true;
};

/// The part of its input that one output position of an image layer depends on, by axis [height, width].
struct SpatialWindow {
  std::array<std::int64_t, 2> size{1, 1};  ///< including dilation
  std::array<std::int64_t, 2> stride{1, 1};
  std::array<std::int64_t, 2> before{0, 0};  ///< padding above and to the left
};

/// A layer kind with its configuration, which the constructor reads into typed members; an option that it
/// does not know is an Error(unsupported). Shapes have no batch axis; tensors have it as axis 0. The values
/// of an item depend neither on the other items of the batch nor on the number of threads.
class Layer {
 public:
  virtual ~Layer() = default;

  /// Output shape. Throws Error(input) if the inputs do not fit.
  virtual Shape shape(std::span<const Shape> inputs) const = 0;

  /// The expected weights, in Keras's order.
  virtual std::vector<WeightSpec> weights(std::span<const Shape> /*inputs*/) const { return {}; }
  /// Takes the weights. Called once, before forward, with shapes that fit weights().
  virtual void load(std::vector<Tensor> /*weights*/) {}  // NOLINT(performance-unnecessary-value-param)

  /// The output (batch first), which may share storage with an input.
  virtual Tensor forward(std::span<const Tensor> inputs, Context& context) const = 0;

  /// Whether forward takes its output from the context and reports all of it: then elementwise layers after
  /// it are computed while its values are in the cache.
  virtual bool reports_rows(std::span<const Shape> inputs) const { return computes_rows(inputs); }
  /// Whether `compute_rows` computes the layer: inputs have the output's shape, and each row of the output's
  /// last axis depends on the same row of the inputs only.
  virtual bool computes_rows(std::span<const Shape> /*inputs*/) const { return false; }
  /// The output of `count` values, whole rows of `channels` each. `output` may be the same memory as any of
  /// the inputs. Gives the same bits as forward, whatever the number of rows.
  virtual void compute_rows(std::span<const float* const> /*inputs*/, std::int64_t /*count*/,
                            std::int64_t /*channels*/, float* /*output*/) const {}

  /// Vector-Jacobian product: the gradients to the inputs, of their shapes, for the cotangent `d_output` of
  /// `output`, which is forward's result for `inputs`. An empty tensor stands for a gradient of 0 everywhere
  /// (e.g. an index into a table). Throws Error(unsupported) for a kind without a gradient.
  virtual std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output,
                                  const Tensor& d_output, Context& context) const;

  /// Multiply-adds of convolutions, dense layers and matrix products, per item.
  virtual std::int64_t macs(std::span<const Shape> /*inputs*/) const { return 0; }

  /// What one output position depends on in the first input; nullopt if positions have no meaning (Flatten,
  /// Dense).
  virtual std::optional<SpatialWindow> window(const Shape& /*input*/) const { return std::nullopt; }

  /// Positions along `axis` of input k (an axis of its item: height or width) that the output at `position`
  /// along the same axis depends on, ascending; nullopt: all of them, which is always safe. By default what
  /// window() says, for channels_last items. Only asked of inputs that are images, for an output that is one.
  using Positions = std::optional<std::vector<std::int64_t>>;
  virtual Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                               std::int64_t position) const;

  /// Keras's name of the activation function that the layer applies, or "".
  virtual std::string_view activation() const { return {}; }
};

/// forward for a layer that computes rows: by parts, in parallel, each of which is reported.
Tensor forward_by_rows(const Layer& layer, std::span<const Tensor> inputs, const Context& context);

/// For Layer::seen_along: the same position, or the only one of an axis that is broadcast.
std::vector<std::int64_t> same_position(const Shape& input, int axis, std::int64_t position);

/// Base of kinds that end in an activation function: Dense and convolutions. Their gradient, and the logits
/// of a network that ends in softmax, need the argument of the activation function.
class ActivatedLayer : public Layer {
 public:
  /// The output before the activation function.
  virtual Tensor linear(std::span<const Tensor> inputs, Context& context) const = 0;
  /// The gradients to the inputs for the cotangent of linear's result.
  virtual std::vector<Tensor> linear_vjp(std::span<const Tensor> inputs, const Tensor& d_linear,
                                         Context& context) const = 0;

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override;
  std::string_view activation() const override { return activation_.name(); }

 protected:
  explicit ActivatedLayer(const Activation& activation) : activation_(activation) {}
  Activation activation_;
};

/// Base of kinds whose output depends at each position on the inputs at the same position, which may be
/// broadcast.
class PositionwiseLayer : public Layer {
 public:
  std::optional<SpatialWindow> window(const Shape& input) const override {
    return input.rank() == 3 ? std::optional(SpatialWindow{}) : std::nullopt;
  }
  Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                       std::int64_t position) const override {
    return same_position(inputs[k], axis, position);
  }
};

/// Base of kinds whose output has the input's shape, each value depending on the input at the same position.
class ElementwiseLayer : public PositionwiseLayer {
 public:
  Shape shape(std::span<const Shape> inputs) const override { return inputs[0]; }
};

}  // namespace nv
