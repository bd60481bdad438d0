// MaxPooling and AveragePooling of 1D, 2D and 3D.
#include "nv/kernels/pooling.h"

#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/spatial/channels_first.h"

namespace nv {
namespace {

class Pooling : public Layer {
 public:
  Pooling(LayerOptions& o, int axes) : windows_(pooling_windows(o, axes)) {}

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

  std::optional<SpatialWindow> window(const Shape& input) const final { return windows_.window(input); }
  Positions seen_along(std::span<const Shape> inputs, std::size_t, int axis,
                       std::int64_t position) const final {
    return windows_.seen_along(inputs[0], axis, position);
  }

 private:
  virtual void pool(const WindowSizes& w, const Tensor& x, Tensor& y, ThreadPool& pool) const = 0;
  virtual void pool_vjp(const WindowSizes& w, const Tensor& x, const Tensor& y, const Tensor& dy, Tensor& dx,
                        ThreadPool& pool) const = 0;

  SlidingWindows windows_;
};

class MaxPooling final : public Pooling {
 public:
  MaxPooling(LayerOptions& o, int axes)
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

}  // namespace

std::vector<LayerKind> pooling_kinds() {
  return {{"AveragePooling1D", make_spatial<AveragePooling, 1>},
          {"AveragePooling2D", make_spatial<AveragePooling, 2>},
          {"AveragePooling3D", make_spatial<AveragePooling, 3>},
          {"MaxPooling1D", make_spatial<MaxPooling, 1>},
          {"MaxPooling2D", make_spatial<MaxPooling, 2>},
          {"MaxPooling3D", make_spatial<MaxPooling, 3>}};
}

}  // namespace nv
