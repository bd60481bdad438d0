// LayerNormalization, RMSNormalization and UnitNormalization: normalise each item along chosen axes.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"
#include "nv/layers/normalization/row_normalization.h"
#include "nv/layers/operations/operation_kinds.h"

namespace nv {
namespace {

/// Normalises along `axes`, as Keras counts them.
class AxesNormalization : public ElementwiseLayer {
 public:
  Shape shape(std::span<const Shape> inputs) const override {
    item_axes(axes_, single_input(inputs));
    return inputs[0];
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const AxisRows x = rows(inputs[0]);
    return x.restored(normalization_.forward(x, context));
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const AxisRows x = rows(inputs[0]);
    return {x.restored(normalization_.vjp(x, x.like(d_output), context))};
  }

  Positions seen_along(std::span<const Shape> inputs, std::size_t k, int axis,
                       std::int64_t position) const override {
    const auto joint = item_axes(axes_, inputs[k]);
    return std::ranges::find(joint, axis) == joint.end() ? Positions(std::vector{position}) : std::nullopt;
  }

 protected:
  AxesNormalization(std::vector<std::int64_t> axes, RowNormalization normalization)
      : axes_(std::move(axes)), normalization_(std::move(normalization)) {}

  AxisRows rows(const Tensor& x) const { return {x, item_axes(axes_, x.shape().item())}; }

  /// Sizes along the axes, in the order of the option, as Keras shapes its weights.
  Shape weight_shape(const Shape& item) const {
    std::vector<std::int64_t> sizes;
    for (std::int64_t axis : axes_) sizes.push_back(item[item_axis(axis, item)]);
    return Shape(std::span<const std::int64_t>(sizes));
  }

  std::vector<std::int64_t> axes_;
  RowNormalization normalization_;
};

/// The axes in the order in which Keras shapes its weights: Keras 3 sorts them.
std::vector<std::int64_t> weight_axes(LayerOptions& o) {
  std::vector<std::int64_t> axes = o.integers("axis", {-1});
  if (o.origin().keras_major >= 3) std::ranges::sort(axes);
  return axes;
}

class LayerNormalization final : public AxesNormalization {
 public:
  LayerNormalization(LayerOptions& o, bool variance_only)
      : AxesNormalization(weight_axes(o), {variance_only ? RowStatistic::variance : RowStatistic::layer,
                                           o.number("epsilon", 1e-3)}),
        scale_(o.flag("scale", true) || variance_only),
        centre_(o.flag("center", true) && !variance_only) {}

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    std::vector<WeightSpec> specs;
    if (scale_) specs.push_back({"gamma", weight_shape(inputs[0])});
    if (centre_) specs.push_back({"beta", weight_shape(inputs[0])});
    return specs;
  }

  void load(std::vector<Tensor> weights) override {
    normalization_.set(scale_ ? weights.front() : Tensor(), centre_ ? weights.back() : Tensor());
  }

 private:
  bool scale_, centre_;
};

/// Its weight is broadcast against the result as in NumPy, whatever the axes.
class RMSNormalization final : public AxesNormalization {
 public:
  explicit RMSNormalization(LayerOptions& o)
      : AxesNormalization(weight_axes(o), {RowStatistic::rms, o.number("epsilon", 1e-6)}) {}

  Shape shape(std::span<const Shape> inputs) const override {
    AxesNormalization::shape(inputs);
    if (broadcast(inputs[0], weight_shape(inputs[0])).rank() != inputs[0].rank())
      throw_input("option axis is not supported");
    return inputs[0];
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    return {{"scale", weight_shape(inputs[0])}};
  }
  void load(std::vector<Tensor> weights) override { scale_ = weights[0]; }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    Tensor y = AxesNormalization::forward(inputs, context);
    scale(y);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const override {
    Tensor d = d_output.clone();
    scale(d);
    return AxesNormalization::vjp(inputs, output, d, context);
  }

 private:
  void scale(Tensor& y) const {
    const Tensor factor = broadcast_to(scale_, y.shape().item());
    for (std::int64_t i = 0; i < y.size(); ++i) y[i] *= factor[i % factor.size()];
  }

  Tensor scale_;
};

class UnitNormalization final : public AxesNormalization {
 public:
  // The lower limit of the norm: tf_keras limits its square to 1e-12, Keras 3 the norm itself.
  explicit UnitNormalization(LayerOptions& o)
      : UnitNormalization(o, o.origin().keras_major >= 3 ? 1e-12 : 1e-6) {}
  UnitNormalization(LayerOptions& o, double least)
      : AxesNormalization(o.integers("axis", {-1}), {RowStatistic::unit, least}) {}
};

std::unique_ptr<Layer> make_layer_normalization(LayerOptions& o) {
  return std::make_unique<LayerNormalization>(o, o.flag("rms_scaling", false));
}

/// keras.ops.normalize, whose epsilon limits the norm, and tf.math.l2_normalize, whose epsilon limits its
/// square.
std::unique_ptr<Layer> make_normalize(LayerOptions& o) {
  if (o.integer("order", 2) != 2) throw_unsupported("option order is not supported");
  const bool keras3 = o.origin().keras_major >= 3;
  const double epsilon = o.number("epsilon", keras3 ? 1e-7 : 1e-12);
  return std::make_unique<UnitNormalization>(o, keras3 ? epsilon : std::sqrt(epsilon));
}

}  // namespace

std::vector<LayerKind> layer_normalization_kinds() {
  return {{"LayerNormalization", make_layer_normalization},
          {"RMSNormalization", make<RMSNormalization>},
          {"UnitNormalization", make<UnitNormalization>}};
}

std::vector<OperationKind> layer_normalization_operations() {
  return {{"Normalize", "nn", {"x", "axis"}, make_normalize}};
}

}  // namespace nv
