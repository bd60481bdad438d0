// GlobalMaxPooling and GlobalAveragePooling of 1D, 2D and 3D: one value per channel from all positions.
#include <algorithm>
#include <limits>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/spatial/channels_first.h"

namespace nv {
namespace {

class GlobalPooling : public Layer {
 public:
  GlobalPooling(LayerOptions& o, int axes) : axes_(axes), keepdims_(o.flag("keepdims", false)) {}

  Shape shape(std::span<const Shape> inputs) const final {
    const Shape& in = single_input(inputs, axes_ + 1);
    if (!keepdims_) return {in.back()};
    Shape out = in;
    for (int a = 0; a < axes_; ++a) out[a] = 1;
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const final {
    const Tensor& x = inputs[0];
    const std::vector<Shape> item{x.shape().item()};
    const std::int64_t channels = item[0].back(), size = item[0].elements(), items = x.shape()[0];
    if (size == 0) throw_input("it takes an input of at least one position, not {}", item[0].str());
    Tensor y(shape(item).batched(items));
    context.pool.for_each(items, [&](std::int64_t i) {
      reduce(values(x, i, size), {y.data() + i * channels, static_cast<std::size_t>(channels)});
    });
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const final {
    const Tensor& x = inputs[0];
    Tensor dx(x.shape());
    const std::int64_t size = x.shape().item().elements(), channels = x.shape().back();
    context.pool.for_each(x.shape()[0], [&](std::int64_t i) {
      reduce_vjp(values(x, i, size), values(output, i, channels), values(d_output, i, channels),
                 {dx.data() + i * size, static_cast<std::size_t>(size)});
    });
    return {dx};
  }

 private:
  using Values = std::span<const float>;

  static Values values(const Tensor& t, std::int64_t item, std::int64_t size) {
    return {t.data() + item * size, static_cast<std::size_t>(size)};
  }

  /// From positions of y.size() channels each to one value per channel.
  virtual void reduce(Values x, std::span<float> y) const = 0;
  virtual void reduce_vjp(Values x, Values y, Values dy, std::span<float> dx) const = 0;

  int axes_;
  bool keepdims_;
};

class GlobalMaxPooling final : public GlobalPooling {
 public:
  using GlobalPooling::GlobalPooling;

 private:
  void reduce(std::span<const float> x, std::span<float> y) const override {
    std::ranges::fill(y, -std::numeric_limits<float>::infinity());
    for (std::size_t at = 0; at < x.size(); at += y.size())
      for (std::size_t c = 0; c < y.size(); ++c) {
        const float v = x[at + c];
        y[c] = v > y[c] || v != v ? v : y[c];  // NaN if there is one, as in max_pool
      }
  }

  /// As tf.reduce_max: equal values share the gradient equally.
  void reduce_vjp(std::span<const float> x, std::span<const float> y, std::span<const float> dy,
                  std::span<float> dx) const override {
    std::vector<float> shares(y.size());
    for (std::size_t at = 0; at < x.size(); at += y.size())
      for (std::size_t c = 0; c < y.size(); ++c) shares[c] += x[at + c] == y[c] ? 1.0F : 0.0F;
    for (std::size_t c = 0; c < y.size(); ++c) shares[c] = dy[c] / shares[c];
    for (std::size_t at = 0; at < x.size(); at += y.size())
      for (std::size_t c = 0; c < y.size(); ++c) dx[at + c] = x[at + c] == y[c] ? shares[c] : 0.0F;
  }
};

class GlobalAveragePooling final : public GlobalPooling {
 public:
  using GlobalPooling::GlobalPooling;

 private:
  void reduce(std::span<const float> x, std::span<float> y) const override {
    std::vector<double> sums(y.size());
    for (std::size_t at = 0; at < x.size(); at += y.size())
      for (std::size_t c = 0; c < y.size(); ++c) sums[c] += static_cast<double>(x[at + c]);
    const double count = static_cast<double>(x.size()) / static_cast<double>(y.size());
    for (std::size_t c = 0; c < y.size(); ++c) y[c] = static_cast<float>(sums[c] / count);
  }

  void reduce_vjp(std::span<const float> x, std::span<const float> y, std::span<const float> dy,
                  std::span<float> dx) const override {
    const auto count = static_cast<float>(static_cast<double>(x.size()) / static_cast<double>(y.size()));
    for (std::size_t at = 0; at < x.size(); at += y.size())
      for (std::size_t c = 0; c < y.size(); ++c) dx[at + c] = dy[c] / count;
  }
};

}  // namespace

std::vector<LayerKind> global_pooling_kinds() {
  return {{"GlobalAveragePooling1D", make_spatial<GlobalAveragePooling, 1>},
          {"GlobalAveragePooling2D", make_spatial<GlobalAveragePooling, 2>},
          {"GlobalAveragePooling3D", make_spatial<GlobalAveragePooling, 3>},
          {"GlobalMaxPooling1D", make_spatial<GlobalMaxPooling, 1>},
          {"GlobalMaxPooling2D", make_spatial<GlobalMaxPooling, 2>},
          {"GlobalMaxPooling3D", make_spatial<GlobalMaxPooling, 3>}};
}

}  // namespace nv
