// Normalization: (x - mean) / sqrt(variance) with stored statistics along chosen axes, or its inverse.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/kernels/view.h"
#include "nv/layers/common/axes.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class Normalization final : public ElementwiseLayer {
 public:
  // Without axes there is one mean and one variance for all values. Keras 3 writes axis=None as an absent
  // option.
  explicit Normalization(LayerOptions& o) : axes_(o.integers("axis")), invert_(o.flag("invert", false)) {
    given_ = o.has("mean") || o.has("variance");
    if (!given_) return;
    mean_ = o.constant("mean");
    variance_ = o.constant("variance");
    if (!(mean_.shape() == variance_.shape())) throw_input("options mean and variance have different shapes");
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    const Shape kept = along_axes(in);
    if (given_ && in.known()) (void)spread_shape(in);
    for (std::int64_t n : kept)
      if (n == Shape::unknown)
        throw_input("option axis names an axis of unknown size, of an input of {}", in.str());
    return in;
  }

  std::vector<WeightSpec> weights(std::span<const Shape> inputs) const override {
    if (given_) return {};
    const Shape kept = along_axes(inputs[0]);
    return {{"mean", kept, false}, {"variance", kept, false}, {"count", {}, false}};
  }

  void load(std::vector<Tensor> weights) override {
    if (given_) return;
    mean_ = weights[0];
    variance_ = weights[1];
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Shape item = inputs[0].shape().item();
    const Tensor mean = spread(mean_, item), deviation = deviations(item);
    Tensor y = inputs[0].clone();
    for (std::int64_t at = 0; at < y.size(); at += mean.size())
      for (std::int64_t i = 0; i < mean.size(); ++i)
        y[at + i] = invert_ ? mean[i] + y[at + i] * deviation[i] : (y[at + i] - mean[i]) / deviation[i];
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    const Tensor deviation = deviations(inputs[0].shape().item());
    Tensor d = d_output.clone();
    for (std::int64_t at = 0; at < d.size(); at += deviation.size())
      for (std::int64_t i = 0; i < deviation.size(); ++i)
        d[at + i] = invert_ ? d[at + i] * deviation[i] : d[at + i] / deviation[i];
    return {d};
  }

 private:
  Shape along_axes(const Shape& item) const {
    std::vector<std::int64_t> sizes;
    for (int a : item_axes(axes_, item)) sizes.push_back(item[a]);
    return Shape(std::span<const std::int64_t>(sizes));
  }

  /// The shape of the statistics as an item, with size 1 along axes of which they are independent. Statistics
  /// given as options may have fewer axes than the option axis: theirs are its last ones.
  Shape spread_shape(const Shape& item) const {
    const std::vector<int> axes = item_axes(axes_, item);
    const int rank = mean_.shape().rank();
    if (rank > static_cast<int>(axes.size()))
      throw_input("option mean has {} axes, for {}", rank, axes.size());
    Shape shape = item;
    for (int a = 0; a < shape.rank(); ++a) shape[a] = 1;
    for (int i = 1; i <= rank; ++i)
      shape[axes[axes.size() - static_cast<std::size_t>(i)]] = mean_.shape()[-i];
    if (!(broadcast(shape, item) == item))
      throw_input("option mean is {}, for an input of {}", mean_.shape().str(), item.str());
    return shape;
  }

  Tensor spread(const Tensor& t, const Shape& item) const {
    return broadcast_to(t.reshaped(spread_shape(item)), item);
  }

  Tensor deviations(const Shape& item) const {
    Tensor deviation = spread(variance_, item).clone();
    for (float& v : deviation.values()) v = std::max(std::sqrt(v), 1e-7F);  // Keras's epsilon()
    return deviation;
  }

  std::vector<std::int64_t> axes_;
  bool invert_, given_ = false;
  Tensor mean_, variance_;
};

}  // namespace

std::vector<LayerKind> normalization_kinds() {
  return {{"Normalization", make<Normalization>}};
}

}  // namespace nv
