// ZeroPadding2D and Cropping2D, channels_last.
#include <algorithm>

#include "nv/core/error.h"
#include "nv/layers/kinds.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {

using Margins = std::array<std::array<std::int64_t, 2>, 2>;

std::int64_t grown(std::int64_t size, const std::array<std::int64_t, 2>& margin) {
  return size == Shape::unknown ? size : size + margin[0] + margin[1];
}

class ZeroPadding2D final : public Layer {
 public:
  explicit ZeroPadding2D(Options& o) : margins_(o.margins("padding", 1)) {}

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, 3);
    return {grown(in[0], margins_[0]), grown(in[1], margins_[1]), in[2]};
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Tensor& x = inputs[0];
    const std::array in{x.shape().item()};
    const Shape out = shape(in);
    Tensor y(out.batched(x.shape()[0]), 0.0F);
    const std::int64_t row = in[0][1] * in[0][2];
    for (std::int64_t i = 0; i < x.shape()[0] * in[0][0]; ++i) {
      const std::int64_t image = i / in[0][0], line = i % in[0][0] + margins_[0][0];
      std::copy_n(x.data() + i * row, row,
                  y.data() + ((image * out[0] + line) * out[1] + margins_[1][0]) * out[2]);
    }
    return y;
  }

  std::optional<Window> window(const Shape&) const override {
    return Window{{1, 1}, {1, 1}, {margins_[0][0], margins_[1][0]}};
  }

 private:
  Margins margins_;
};

class Cropping2D final : public Layer {
 public:
  explicit Cropping2D(Options& o) : margins_(o.margins("cropping", 0)) {}

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs, 3);
    Shape out = in;
    for (int a = 0; a < 2; ++a) {
      const auto& m = margins_[static_cast<std::size_t>(a)];
      out[a] = grown(in[a], {-m[0], -m[1]});
      if (in[a] != Shape::unknown && out[a] <= 0) throw_input("nothing is left of an input of {}", in.str());
    }
    return out;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    const Tensor& x = inputs[0];
    const std::array in{x.shape().item()};
    const Shape out = shape(in);
    Tensor y(out.batched(x.shape()[0]));
    const std::int64_t row = out[1] * out[2];
    for (std::int64_t i = 0; i < x.shape()[0] * out[0]; ++i) {
      const std::int64_t image = i / out[0], line = i % out[0] + margins_[0][0];
      std::copy_n(x.data() + ((image * in[0][0] + line) * in[0][1] + margins_[1][0]) * out[2], row,
                  y.data() + i * row);
    }
    return y;
  }

  std::optional<Window> window(const Shape&) const override {
    return Window{{1, 1}, {1, 1}, {-margins_[0][0], -margins_[1][0]}};
  }

 private:
  Margins margins_;
};

}  // namespace

std::unique_ptr<Layer> make_zero_padding2d(Options& o) {
  return in_data_format(o, std::make_unique<ZeroPadding2D>(o));
}
std::unique_ptr<Layer> make_cropping2d(Options& o) {
  return in_data_format(o, std::make_unique<Cropping2D>(o));
}

}  // namespace nv
