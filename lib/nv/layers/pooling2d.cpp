// MaxPooling2D, AveragePooling2D and their global forms, channels_last.
#include "nv/kernels/pool2d.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "nv/core/error.h"
#include "nv/layers/kinds.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {

using PoolKernel = void (*)(const Window2D&, std::int64_t images, const float*, float*, ThreadPool&);

class Pooling2D final : public Layer {
 public:
  Pooling2D(Options& o, PoolKernel kernel) : kernel_(kernel) {
    windows_.kernel = o.pair("pool_size", Pair{2, 2});
    windows_.stride = o.pair("strides", windows_.kernel);
    windows_.same = o.choice("padding", "valid", {"valid", "same"}) == "same";
  }

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, 3);
    return {windows_.output_size(0, in[0]), windows_.output_size(1, in[1]), in[2]};
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Tensor& x = inputs[0];
    const Window2D w = windows_.over(x.shape().item());
    Tensor y(Shape{x.shape()[0], w.out[0], w.out[1], w.channels});
    kernel_(w, x.shape()[0], x.data(), y.data(), context.pool);
    return y;
  }

  std::optional<Window> window(const Shape& input) const override { return windows_.window(input); }

 private:
  Windows windows_;
  PoolKernel kernel_;
};

class GlobalPooling2D : public Layer {
 public:
  explicit GlobalPooling2D(Options& o) : keepdims_(o.flag("keepdims", false)) {}

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, 3);
    return keepdims_ ? Shape{1, 1, in[2]} : Shape{in[2]};
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Tensor& x = inputs[0];
    const Shape item = x.shape().item();
    const std::int64_t pixels = item[0] * item[1], channels = item[2], n = x.shape()[0];
    if (pixels == 0) throw_input("it takes an image of one pixel at least");
    Tensor y(keepdims_ ? Shape{n, 1, 1, channels} : Shape{n, channels});
    context.pool.for_each(n, [&](std::int64_t i) {
      reduce({x.data() + i * pixels * channels, static_cast<std::size_t>(pixels * channels)},
             {y.data() + i * channels, static_cast<std::size_t>(channels)});
    });
    return y;
  }

 protected:
  /// Pixels of `out.size()` channels each, to one value a channel.
  virtual void reduce(std::span<const float> pixels, std::span<float> out) const = 0;

 private:
  bool keepdims_;
};

class GlobalMaxPooling2D final : public GlobalPooling2D {
 public:
  using GlobalPooling2D::GlobalPooling2D;

 private:
  void reduce(std::span<const float> pixels, std::span<float> out) const override {
    std::ranges::fill(out, -std::numeric_limits<float>::infinity());
    for (std::size_t at = 0; at < pixels.size(); at += out.size())
      for (std::size_t c = 0; c < out.size(); ++c) {
        const float x = pixels[at + c];
        out[c] = x > out[c] || x != x ? x : out[c];  // a NaN wins and stays, as in max_pool2d
      }
  }
};

class GlobalAveragePooling2D final : public GlobalPooling2D {
 public:
  using GlobalPooling2D::GlobalPooling2D;

 private:
  void reduce(std::span<const float> pixels, std::span<float> out) const override {
    std::vector<double> sums(out.size());
    for (std::size_t at = 0; at < pixels.size(); at += out.size())
      for (std::size_t c = 0; c < out.size(); ++c) sums[c] += static_cast<double>(pixels[at + c]);
    const double count = static_cast<double>(pixels.size()) / static_cast<double>(out.size());
    for (std::size_t c = 0; c < out.size(); ++c) out[c] = static_cast<float>(sums[c] / count);
  }
};

}  // namespace

std::unique_ptr<Layer> make_max_pooling2d(Options& o) {
  return in_data_format(o, std::make_unique<Pooling2D>(o, max_pool2d));
}
std::unique_ptr<Layer> make_average_pooling2d(Options& o) {
  return in_data_format(o, std::make_unique<Pooling2D>(o, average_pool2d));
}
std::unique_ptr<Layer> make_global_max_pooling2d(Options& o) {
  return in_data_format(o, std::make_unique<GlobalMaxPooling2D>(o));
}
std::unique_ptr<Layer> make_global_average_pooling2d(Options& o) {
  return in_data_format(o, std::make_unique<GlobalAveragePooling2D>(o));
}

}  // namespace nv
