// UpSampling of 1D, 2D and 3D.
#include <algorithm>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/kernels/resize.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/common/sliding_windows.h"
#include "nv/layers/spatial/channels_first.h"

namespace nv {
namespace {

class UpSampling : public Layer {
 public:
  UpSampling(LayerOptions& o, int axes)
      : axes_(axes), factor_(as_triple(o.sizes("size", static_cast<std::size_t>(axes), {2}))) {}

  Shape shape(std::span<const Shape> inputs) const final {
    Shape out = single_input(inputs, axes_ + 1);
    for (int a = 0; a < axes_; ++a)
      if (out[a] != Shape::unknown)
        out[a] = product({out[a], factor_[static_cast<std::size_t>(3 - axes_ + a)]});
    return out;
  }

 protected:
  int axes_;
  Triple factor_;
};

/// Each position repeated along each axis (nearest).
class Repetition final : public UpSampling {
 public:
  using UpSampling::UpSampling;

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Tensor& x = inputs[0];
    const std::vector<Shape> item{x.shape().item()};
    Tensor y(shape(item).batched(x.shape()[0]));
    const std::int64_t channels = x.shape().back();
    for_pairs(positions_of(item[0]), x.shape()[0], context.pool, [&](std::int64_t small, std::int64_t large) {
      std::copy_n(x.data() + small * channels, channels, y.data() + large * channels);
    });
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d,
                          Context& context) const override {
    Tensor dx(inputs[0].shape(), 0.0F);
    const std::int64_t channels = dx.shape().back();
    for_pairs(positions_of(dx.shape().item()), dx.shape()[0], context.pool,
              [&](std::int64_t small, std::int64_t large) {
                for (std::int64_t c = 0; c < channels; ++c)
                  dx[small * channels + c] += d[large * channels + c];
              });
    return {dx};
  }

  Positions seen_along(std::span<const Shape>, std::size_t, int axis, std::int64_t position) const override {
    if (axes_ != 2 || axis > 1) return std::nullopt;
    return std::vector{position / factor_[static_cast<std::size_t>(axis) + 1]};
  }

 private:
  /// Calls body(small position, large position) for each repetition, rows of the small item in parallel.
  template <typename Body>
  void for_pairs(const Triple& size, std::int64_t items, ThreadPool& pool, const Body& body) const {
    const Triple large{size[0] * factor_[0], size[1] * factor_[1], size[2] * factor_[2]};
    pool.for_each(items * size[0] * size[1], [&](std::int64_t row) {
      const std::int64_t item = row / (size[0] * size[1]), z = row / size[1] % size[0], y = row % size[1];
      for (std::int64_t rz = 0; rz < factor_[0]; ++rz)
        for (std::int64_t ry = 0; ry < factor_[1]; ++ry) {
          const std::int64_t to =
              ((item * large[0] + z * factor_[0] + rz) * large[1] + y * factor_[1] + ry) * large[2];
          for (std::int64_t x = 0; x < large[2]; ++x) body(row * size[2] + x / factor_[2], to + x);
        }
    });
  }
};

class Interpolation final : public UpSampling {
 public:
  Interpolation(LayerOptions& o, Resampler resampler) : UpSampling(o, 2), resampler_(resampler) {}

  Tensor forward(std::span<const Tensor> inputs, Context& context) const override {
    const Tensor& x = inputs[0];
    const std::vector<Shape> item{x.shape().item()};
    const Shape out = shape(item);
    Tensor y(out.batched(x.shape()[0]));
    resize(resampler_(item[0][0], out[0]), resampler_(item[0][1], out[1]), out[2], x.shape()[0], x.data(),
           y.data(), context.pool);
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d,
                          Context& context) const override {
    Tensor dx(inputs[0].shape());
    const Shape &in = dx.shape(), &out = d.shape();
    resize(resampler_(in[1], out[1]).transposed(), resampler_(in[2], out[2]).transposed(), in[3], in[0],
           d.data(), dx.data(), context.pool);
    return {dx};
  }

  Positions seen_along(std::span<const Shape> inputs, std::size_t, int axis,
                       std::int64_t position) const override {
    if (axis > 1) return std::nullopt;
    return resampler_(inputs[0][axis], shape(inputs)[axis]).seen(position);
  }

 private:
  Resampler resampler_;
};

std::unique_ptr<Layer> make_up_sampling2d(LayerOptions& o) {
  const std::string method = o.text("interpolation", "nearest");
  if (method == "nearest") return make_spatial<Repetition, 2>(o);
  const Resampler found = resampler(method);
  if (found == nullptr)
    throw_unsupported("option interpolation: '{}' is not supported", shortened(one_line(method), 40));
  return in_data_format(o, std::make_unique<Interpolation>(o, found));
}

}  // namespace

std::vector<LayerKind> up_sampling_kinds() {
  return {{"UpSampling1D", make_spatial<Repetition, 1>},
          {"UpSampling2D", make_up_sampling2d},
          {"UpSampling3D", make_spatial<Repetition, 3>}};
}

}  // namespace nv
