// Layers that only act while training: Dropout and its kin, noise, augmentation, regularisation.
#include "nv/layers/kinds.h"
#include "nv/layers/spatial.h"

namespace nv {
namespace {
class Identity final : public ElementwiseLayer {
 public:
  Shape shape(std::span<const Shape> inputs) const override { return single_input(inputs); }
  Tensor forward(std::span<const Tensor> inputs, Context&) const override { return inputs[0]; }
};
}  // namespace

std::unique_ptr<Layer> make_identity(Options& options) {
  options.ignore_all();  // whatever their options say, they do nothing at inference
  return std::make_unique<Identity>();
}

}  // namespace nv
