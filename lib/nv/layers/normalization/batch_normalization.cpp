// BatchNormalization at inference: gamma (x - mean) / sqrt(variance + epsilon) + beta along one axis.
#include <array>
#include <cmath>

#include "nv/core/error.h"
#include "nv/kernels/kernel_set.h"
#include "nv/layers/common/pieces.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class BatchNormalization final : public ElementwiseLayer {
 public:
  explicit BatchNormalization(LayerOptions& o)
      : epsilon_(o.number("epsilon", 1e-3)), centre_(o.flag("center", true)), scale_(o.flag("scale", true)) {
    const auto axes = o.integers("axis", {-1});
    if (axes.size() != 1) throw_unsupported("option axis: {} axes are not supported", axes.size());
    axis_ = axes[0];
    renorm_ = o.flag("renorm", false);
    virtual_batch_ = o.has("virtual_batch_size");
    if (o.trains()) throw_unsupported("it is called with training=True: items would depend on their batch");
    o.ignore(
        {"momentum", "renorm_clipping", "renorm_momentum", "fused", "adjustment", "mode", "synchronized"});
  }

  Shape shape(std::span<const Shape> inputs) const override {
    item_axis(axis_, single_input(inputs));
    return inputs[0];
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    const Shape channels = weight_shape(inputs[0]);
    std::vector<WeightSpec> specs;
    if (scale_) specs.push_back({"gamma", channels});
    if (centre_) specs.push_back({"beta", channels});
    specs.push_back({"moving_mean", channels, false});
    specs.push_back({"moving_variance", channels, false});
    if (renorm_)  // used in training only
      for (const char* name : {"moving_stddev", "renorm_mean", "renorm_stddev"})
        specs.push_back({name, channels, false});
    return specs;
  }

  void load(std::vector<Tensor> weights) override {
    const std::size_t first = (scale_ ? 1U : 0U) + (centre_ ? 1U : 0U);
    const Tensor &mean = weights[first], &variance = weights[first + 1];
    factor_ = Tensor(Shape{mean.size()});
    offset_ = Tensor(Shape{mean.size()});
    for (std::int64_t c = 0; c < mean.size(); ++c) {
      const double gamma = scale_ ? static_cast<double>(weights[0][c]) : 1.0;
      const double beta = centre_ ? static_cast<double>(weights[scale_ ? 1 : 0][c]) : 0.0;
      const double factor = gamma / std::sqrt(static_cast<double>(variance[c]) + epsilon_);
      factor_[c] = static_cast<float>(factor);
      offset_[c] = static_cast<float>(beta - static_cast<double>(mean[c]) * factor);
    }
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const std::array item{inputs[0].shape().item()};
    return computes_rows(item) ? forward_by_rows(*this, inputs, context)
                               : affine(inputs[0], offset_, context);
  }
  bool computes_rows(std::span<const Shape> inputs) const override {
    return item_axis(axis_, inputs[0]) == inputs[0].rank() - 1;
  }
  void compute_rows(std::span<const float* const> inputs, std::int64_t count, std::int64_t channels,
                    float* output) const override {
    kernel_set().loops.scale(count / channels, channels, factor_.data(), offset_.data(), inputs[0], output);
  }

  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    return {affine(d_output, Tensor(offset_.shape(), 0.0F), context)};
  }

 private:
  /// One value per channel. With virtual batches, which matter in training only, weights have further axes of
  /// size 1: batch, virtual batch and the other axes of the item.
  Shape weight_shape(const Shape& item) const {
    const int axis = item_axis(axis_, item);
    if (!virtual_batch_) return {item[axis]};
    std::vector<std::int64_t> axes(static_cast<std::size_t>(item.rank()) + 2, 1);
    axes[static_cast<std::size_t>(axis) + 2] = item[axis];
    return Shape(std::span<const std::int64_t>(axes));
  }

  /// factor_ x + offset, with one value of each per channel.
  Tensor affine(const Tensor& x, const Tensor& offset, Context& context) const {
    Tensor y(x.shape());
    const int a = item_axis(axis_, x.shape().item()) + 1;
    std::int64_t inner = 1, outer = 1;
    for (int i = 0; i < x.shape().rank(); ++i) (i < a ? outer : inner) *= i == a ? 1 : x.shape()[i];
    const std::int64_t channels = x.shape()[a];
    if (inner == 1) {
      for_pieces(x.size(), channels, context.pool, [&](std::int64_t first, std::int64_t count) {
        kernel_set().loops.scale(count / channels, channels, factor_.data(), offset.data(), x.data() + first,
                                 y.data() + first);
      });
      return y;
    }
    context.pool.for_each(outer * channels, [&](std::int64_t row) {
      const float factor = factor_[row % channels], more = offset[row % channels];
      for (std::int64_t i = row * inner; i < (row + 1) * inner; ++i) y[i] = x[i] * factor + more;
    });
    return y;
  }

  double epsilon_;
  bool centre_, scale_, renorm_ = false, virtual_batch_ = false;
  std::int64_t axis_ = -1;
  Tensor factor_, offset_;
};

}  // namespace

std::vector<LayerKind> batch_normalization_kinds() {
  return {{"BatchNormalization", make<BatchNormalization>},
          {"SyncBatchNormalization", make<BatchNormalization>}};
}

}  // namespace nv
