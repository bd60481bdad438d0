// Layers that only act while training: Dropout and its kin, noise, augmentation, regularisation.
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"

namespace nv {
namespace {
class Identity final : public ElementwiseLayer {
 public:
  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }
  Tensor forward(std::span<const Tensor> inputs, Context&) const override { return inputs[0]; }
  std::vector<Tensor> vjp(std::span<const Tensor>, const Tensor&, const Tensor& d_output,
                          Context&) const override {
    return {d_output};
  }
};
}  // namespace

std::unique_ptr<Layer> make_identity(Options& options) {
  const bool harmless = options.kind() == "Identity" || options.kind() == "ActivityRegularization";
  if (!harmless && options.trains())
    throw_unsupported("it is called with training=True, and so acts at random");
  options.ignore({"data_format", "rng_type"});  // which not every version takes
  options.ignore_all();                         // whatever their options say, they do nothing at inference
  return std::make_unique<Identity>();
}

std::unique_ptr<Layer> make_random_crop(Options& options) {
  if (options.origin().keras_major >= 3) return make_identity(options);
  // tf_keras takes the largest part of the right proportions from the middle, and resizes it.
  LayerSpec resizing;
  resizing.kind = "Resizing";
  resizing.config = Config({{"height", options.integer("height")},
                            {"width", options.integer("width")},
                            {"interpolation", "bilinear"},
                            {"crop_to_aspect_ratio", true}});
  if (options.trains()) throw_unsupported("it is called with training=True, and so acts at random");
  options.ignore({"rng_type"});
  Options inner(resizing, options.origin());
  return make_resizing(inner);
}

}  // namespace nv
