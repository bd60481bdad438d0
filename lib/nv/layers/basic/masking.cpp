// Masking: sets positions to 0 whose channels all equal the padding value.
#include <algorithm>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {

/// The mask that Keras passes on with the values is not computed; masks.h finds layers that it would change.
class Masking final : public ElementwiseLayer {
 public:
  explicit Masking(LayerOptions& o) : value_(static_cast<float>(o.number("mask_value", 0.0))) {}

  Shape shape(std::span<const Shape> inputs) const override {
    if (single_input(inputs).empty()) throw_input("it takes an input of at least one axis");
    return inputs[0];
  }

  Tensor forward(std::span<const Tensor> inputs, Context&) const override {
    return masked(inputs[0], inputs[0]);
  }

  std::vector<Tensor> vjp(std::span<const Tensor> inputs, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    return {masked(inputs[0], d_output)};
  }

 private:
  /// `values` with 0 at the positions where all channels of `x` equal the padding value.
  Tensor masked(const Tensor& x, const Tensor& values) const {
    Tensor y = values.clone();
    const auto channels = static_cast<std::size_t>(x.shape().back());
    for (std::size_t at = 0; channels != 0 && at < x.values().size(); at += channels)
      if (std::ranges::all_of(x.values().subspan(at, channels), [&](float v) { return v == value_; }))
        std::ranges::fill(y.values().subspan(at, channels), 0.0F);
    return y;
  }

  float value_;
};

}  // namespace

std::vector<LayerKind> masking_kinds() {
  return {{"Masking", make<Masking>}};
}

}  // namespace nv
