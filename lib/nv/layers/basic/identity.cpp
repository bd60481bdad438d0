// Layers that change their input only during training: dropout, noise, augmentation, regularisation.
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/layers/common/shapes.h"
#include "nv/layers/kinds.h"
#include "nv/layers/registry.h"

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

void refuse_training(LayerOptions& o) {
  if (o.trains()) throw_unsupported("it is called with training=True, and so acts at random");
}

/// The identity at any time.
std::unique_ptr<Layer> make_identity(LayerOptions& o) {
  o.ignore({"data_format", "rng_type"});  // not in every version of Keras
  o.ignore_all();                         // no option matters at inference
  return std::make_unique<Identity>();
}

/// The identity at inference.
std::unique_ptr<Layer> make_training_only(LayerOptions& o) {
  refuse_training(o);
  return make_identity(o);
}

std::unique_ptr<Layer> make_random_crop(LayerOptions& o) {
  if (o.origin().keras_major >= 3) return make_training_only(o);
  // tf_keras resizes the largest centred part of the target's aspect ratio.
  Config resizing({{"height", o.integer("height")},
                   {"width", o.integer("width")},
                   {"interpolation", "bilinear"},
                   {"crop_to_aspect_ratio", true}});
  refuse_training(o);
  o.ignore({"rng_type"});
  return make_layer("Resizing", std::move(resizing), o.origin());
}

}  // namespace

std::vector<LayerKind> identity_kinds() {
  std::vector<LayerKind> kinds = {{"ActivityRegularization", make_identity},
                                  {"Identity", make_identity},
                                  {"RandomCrop", make_random_crop}};
  for (const char* name : {"AlphaDropout",
                           "AugMix",
                           "CutMix",
                           "Dropout",
                           "GaussianDropout",
                           "GaussianNoise",
                           "MixUp",
                           "RandAugment",
                           "RandomApply",
                           "RandomBrightness",
                           "RandomColorDegeneration",
                           "RandomColorJitter",
                           "RandomContrast",
                           "RandomElasticTransform",
                           "RandomErasing",
                           "RandomFlip",
                           "RandomGaussianBlur",
                           "RandomGrayscale",
                           "RandomHeight",
                           "RandomHue",
                           "RandomInvert",
                           "RandomPerspective",
                           "RandomPosterization",
                           "RandomRotation",
                           "RandomSaturation",
                           "RandomSharpness",
                           "RandomShear",
                           "RandomTranslation",
                           "RandomWidth",
                           "RandomZoom",
                           "Solarization",
                           "SpatialDropout1D",
                           "SpatialDropout2D",
                           "SpatialDropout3D",
                           "StochasticDepth"})
    kinds.push_back({name, make_training_only});
  return kinds;
}

}  // namespace nv
