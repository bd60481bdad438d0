// Rescaling: x * scale + offset, each of which is one number or one per channel.
#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

class Rescaling final : public ElementwiseLayer {
 public:
  explicit Rescaling(LayerOptions& o)
      : scale_(o.numbers("scale", {1.0})), offset_(o.numbers("offset", {0.0})) {}

  Shape shape(std::span<const Shape> inputs) const override {
    const Shape& in = single_input(inputs);
    for (std::size_t n : {scale_.size(), offset_.size()})
      if (n != 1 && (in.empty() || static_cast<std::int64_t>(n) != in.back()))
        throw_input("{} scales for an input of {}", n, in.str());
    return in;
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    Tensor y = inputs[0].clone();
    const auto channels = static_cast<std::size_t>(y.shape().back());
    for (std::size_t i = 0; i < static_cast<std::size_t>(y.size()); ++i) {
      const auto scale = static_cast<float>(scale_at(i % channels));
      const auto offset = static_cast<float>(offset_[offset_.size() == 1 ? 0 : i % channels]);
      y.data()[i] = y.data()[i] * scale + offset;
    }
    return y;
  }

  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    Tensor d = d_output.clone();
    const auto channels = static_cast<std::size_t>(d.shape().back());
    for (std::size_t i = 0; i < static_cast<std::size_t>(d.size()); ++i)
      d.data()[i] *= static_cast<float>(scale_at(i % channels));
    return {d};
  }

 private:
  double scale_at(std::size_t channel) const { return scale_[scale_.size() == 1 ? 0 : channel]; }

  std::vector<double> scale_, offset_;
};

}  // namespace

std::vector<LayerKind> rescaling_kinds() {
  return {{"Rescaling", make<Rescaling>}};
}

}  // namespace nv
