// Max and average pooling over one, two or three axes, channels_last.
#include "nv/kernels/pooling.h"

#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class Pooling : public Layer {
 public:
  Pooling(Options& o, int axes) : windows_(pooling_windows(o, axes)) {}

  Shape shape(std::span<const Shape> inputs) const final {
    const Shape& in = single_input(inputs, windows_.axes + 1);
    return windows_.output(in, in.back());
  }

  Tensor forward(std::span<const Tensor> inputs, Context& context) const final {
    const Tensor& x = inputs[0];
    const Shape item = x.shape().item();
    Tensor y(windows_.output(item, item.back()).batched(x.shape()[0]));
    pool(windows_.over(item), x, y, context.pool);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor& output, const Tensor& d_output,
                          Context& context) const final {
    Tensor dx(inputs[0].shape());
    pool_vjp(windows_.over(dx.shape().item()), inputs[0], output, d_output, dx, context.pool);
    return {dx};
  }

  std::optional<Window> window(const Shape& input) const final { return windows_.window(input); }

 private:
  virtual void pool(const WindowSizes& w, const Tensor& x, Tensor& y, ThreadPool& pool) const = 0;
  virtual void pool_vjp(const WindowSizes& w, const Tensor& x, const Tensor& y, const Tensor& dy, Tensor& dx,
                        ThreadPool& pool) const = 0;

  Windows windows_;
};

class MaxPooling final : public Pooling {
 public:
  MaxPooling(Options& o, int axes)
      : Pooling(o, axes), gradient_(axes == 3 ? max_pool_vjp_to_all : max_pool_vjp_to_first) {}

 private:
  void pool(const WindowSizes& w, const Tensor& x, Tensor& y, ThreadPool& pool) const override {
    max_pool(w, x.shape()[0], x.data(), y.data(), pool);
  }
  void pool_vjp(const WindowSizes& w, const Tensor& x, const Tensor& y, const Tensor& dy, Tensor& dx,
                ThreadPool& pool) const override {
    gradient_(w, x.shape()[0], x.data(), y.data(), dy.data(), dx.data(), pool);
  }

  decltype(&max_pool_vjp_to_first) gradient_;
};

class AveragePooling final : public Pooling {
 public:
  using Pooling::Pooling;

 private:
  void pool(const WindowSizes& w, const Tensor& x, Tensor& y, ThreadPool& pool) const override {
    average_pool(w, x.shape()[0], x.data(), y.data(), pool);
  }
  void pool_vjp(const WindowSizes& w, const Tensor& x, const Tensor&, const Tensor& dy, Tensor& dx,
                ThreadPool& pool) const override {
    average_pool_vjp(w, x.shape()[0], dy.data(), dx.data(), pool);
  }
};

template <typename Kind>
std::unique_ptr<Layer> make(Options& o, int axes) {
  return in_data_format(o, std::make_unique<Kind>(o, axes));
}

}  // namespace

std::unique_ptr<Layer> make_max_pooling1d(Options& o) {
  return make<MaxPooling>(o, 1);
}
std::unique_ptr<Layer> make_max_pooling2d(Options& o) {
  return make<MaxPooling>(o, 2);
}
std::unique_ptr<Layer> make_max_pooling3d(Options& o) {
  return make<MaxPooling>(o, 3);
}
std::unique_ptr<Layer> make_average_pooling1d(Options& o) {
  return make<AveragePooling>(o, 1);
}
std::unique_ptr<Layer> make_average_pooling2d(Options& o) {
  return make<AveragePooling>(o, 2);
}
std::unique_ptr<Layer> make_average_pooling3d(Options& o) {
  return make<AveragePooling>(o, 3);
}

}  // namespace nv
