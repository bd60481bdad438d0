// Layers that keras.applications defines for its own models: LayerScale (ConvNeXt) and CustomScaleLayer
// (InceptionResNetV2).
#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

/// gamma x, with one gamma per channel.
class LayerScale final : public ElementwiseLayer {
 public:
  explicit LayerScale(LayerOptions& o) : channels_(o.integer("projection_dim")) {
    if (channels_ < 1) throw_input("option projection_dim is {}", channels_);
    o.ignore({"init_values"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    if (in.empty() || (in.back() != channels_ && in.back() != Shape::unknown && channels_ != 1))
      throw_input("it scales {} channels, not an input of {}", channels_, in.str());
    return in;
  }

  std::vector<WeightSpec> weights(std::span<const Shape>) const override { return {{"gamma", {channels_}}}; }
  void load(std::vector<Tensor> weights) override { gamma_ = weights[0]; }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override { return scaled(inputs[0]); }
  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    return {scaled(d_output)};
  }

 private:
  Tensor scaled(const Tensor& x) const {
    Tensor y = x.clone();
    for (std::int64_t i = 0; i < y.size(); ++i) y[i] *= gamma_[i % channels_];
    return y;
  }

  std::int64_t channels_;
  Tensor gamma_;
};

/// x0 + scale x1.
class CustomScaleLayer final : public PositionwiseLayer {
 public:
  explicit CustomScaleLayer(LayerOptions& o) : scale_(static_cast<float>(o.number("scale"))) {}

  Shape shape(std::span<const Shape> inputs) const override {
    if (inputs.size() != 2) throw_input("it takes two inputs, not {}", inputs.size());
    if (!(inputs[0] == inputs[1]))
      throw_input("inputs of {} and {} do not fit together", inputs[0].str(), inputs[1].str());
    return inputs[0];
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    Tensor y = inputs[0].clone();
    for (std::int64_t i = 0; i < y.size(); ++i) y[i] += scale_ * inputs[1][i];
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    Tensor d = d_output.clone();
    for (float& v : d.values()) v *= scale_;
    return {d_output, d};
  }

 private:
  float scale_;
};

}  // namespace

std::vector<LayerKind> application_layers_kinds() {
  return {{"CustomScaleLayer", make<CustomScaleLayer>}, {"LayerScale", make<LayerScale>}};
}

}  // namespace nv
