// One value a channel from all positions: GlobalMaxPooling and GlobalAveragePooling of 1D, 2D and 3D,
// channels_last.
#include <algorithm>
#include <limits>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class GlobalPooling : public Layer {
 public:
  GlobalPooling(Options& o, int axes) : axes_(axes), keepdims_(o.flag("keepdims", false)) {}

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
    if (size == 0) throw_input("it takes an input of one position at least, not {}", item[0].str());
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

  /// Positions of `y.size()` channels each, to one value a channel.
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
        y[c] = v > y[c] || v != v ? v : y[c];  // a NaN wins and stays, as in max_pool
      }
  }

  /// As tf.reduce_max: equal shares for equal values.
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

template <typename Kind>
std::unique_ptr<Layer> make(Options& o, int axes) {
  return in_data_format(o, std::make_unique<Kind>(o, axes));
}

}  // namespace

std::unique_ptr<Layer> make_global_max_pooling1d(Options& o) {
  return make<GlobalMaxPooling>(o, 1);
}
std::unique_ptr<Layer> make_global_max_pooling2d(Options& o) {
  return make<GlobalMaxPooling>(o, 2);
}
std::unique_ptr<Layer> make_global_max_pooling3d(Options& o) {
  return make<GlobalMaxPooling>(o, 3);
}
std::unique_ptr<Layer> make_global_average_pooling1d(Options& o) {
  return make<GlobalAveragePooling>(o, 1);
}
std::unique_ptr<Layer> make_global_average_pooling2d(Options& o) {
  return make<GlobalAveragePooling>(o, 2);
}
std::unique_ptr<Layer> make_global_average_pooling3d(Options& o) {
  return make<GlobalAveragePooling>(o, 3);
}

}  // namespace nv
