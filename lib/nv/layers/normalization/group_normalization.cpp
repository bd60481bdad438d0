// GroupNormalization: normalises each group of adjacent channels of an item over all positions.
#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"
#include "nv/layers/normalization/row_normalization.h"

namespace nv {
namespace {

class GroupNormalization final : public ElementwiseLayer {
 public:
  explicit GroupNormalization(LayerOptions& o)
      : groups_(o.integer("groups", 32)),
        axis_(o.integer("axis", -1)),
        scale_(o.flag("scale", true)),
        centre_(o.flag("center", true)),
        normalization_(RowStatistic::layer, o.number("epsilon", 1e-3)) {
    if (groups_ < 1 && groups_ != -1) throw_input("option groups is {}", groups_);
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    const std::int64_t channels = in[item_axis(axis_, in)];
    if (channels != Shape::unknown && groups_ > 0 && channels % groups_ != 0)
      throw_input("{} channels cannot form {} groups", channels, groups_);
    if (in.rank() == Shape::max_rank - 1) throw_input("an input of {} has too many axes", in.str());
    return in;
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    const Shape channels{inputs[0][item_axis(axis_, inputs[0])]};
    std::vector<WeightSpec> specs;
    if (scale_) specs.push_back({"gamma", channels});
    if (centre_) specs.push_back({"beta", channels});
    return specs;
  }

  /// The statistics are of all positions.
  Positions seen_along(std::span<const Shape>, std::size_t, int, std::int64_t) const override {
    return std::nullopt;
  }

  void load(std::vector<Tensor> weights) override {
    if (scale_) gamma_ = weights.front();
    if (centre_) beta_ = weights.back();
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const AxisRows x = grouped(inputs[0]);
    return x.restored(with_weights(inputs[0].shape().item()).forward(x, context)).reshaped(inputs[0].shape());
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context& context) const override {
    const AxisRows x = grouped(inputs[0]);
    const Tensor dx = with_weights(inputs[0].shape().item()).vjp(x, grouped(d_output), context);
    return {x.restored(dx).reshaped(inputs[0].shape())};
  }

 private:
  std::int64_t groups(std::int64_t channels) const { return groups_ == -1 ? channels : groups_; }

  /// One row per group: the axis of channels is split into (groups, channels of a group), and all axes but
  /// that of the groups are moved to the end.
  AxisRows grouped(const Tensor& x) const {
    const int a = item_axis(axis_, x.shape().item());
    std::vector<std::int64_t> cut(x.shape().begin(), x.shape().end());
    const std::int64_t channels = x.shape()[a + 1];
    cut[static_cast<std::size_t>(a) + 1] = groups(channels);
    cut.insert(cut.begin() + a + 2, groups(channels) == 0 ? 0 : channels / groups(channels));
    std::vector<int> axes;
    for (int i = 0; i < x.shape().rank(); ++i)
      if (i != a) axes.push_back(i);
    return {x.reshaped(Shape(std::span<const std::int64_t>(cut))), axes};
  }

  /// With gamma and beta expanded to one value per row and element.
  RowNormalization with_weights(const Shape& item) const {
    const int a = item_axis(axis_, item);
    const auto spread = [&](const Tensor& weight) {
      if (weight.empty()) return Tensor();
      Shape along = item;
      for (int i = 0; i < along.rank(); ++i)
        if (i != a) along[i] = 1;
      return grouped(broadcast_to(weight.reshaped(along), item).reshaped(item.batched(1))).tensor();
    };
    RowNormalization normalization = normalization_;
    normalization.set(spread(gamma_), spread(beta_));
    return normalization;
  }

  std::int64_t groups_, axis_;
  bool scale_, centre_;
  RowNormalization normalization_;
  Tensor gamma_, beta_;
};

}  // namespace

std::vector<LayerKind> group_normalization_kinds() {
  return {{"GroupNormalization", make<GroupNormalization>}};
}

}  // namespace nv
