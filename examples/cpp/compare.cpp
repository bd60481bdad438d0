// Runs two images through a model and prints how much each layer's activations differ:
//   compare MODEL IMAGE IMAGE
#include <fmt/core.h>

#include "nv/neuralvis.h"

namespace {

void run(const std::string& model_file, const std::vector<std::string>& images) {
  nv::Engine engine(nv::open_model(model_file));
  nv::InputOptions options;
  options.preprocess.scale = nv::input_scale(engine.model()).scale;
  const nv::InputList inputs =
      nv::expand_inputs(images, options, nv::input_specs(engine.model(), engine.structure()));

  // Both images as one batch, so that one pass gives both traces.
  const std::vector<nv::Tensor> pair{inputs.load(0).tensors.at(0), inputs.load(1).tensors.at(0)};
  const std::vector<nv::Tensor> batch{nv::stack(pair)};
  const nv::Trace trace = engine.forward(batch);

  const nv::Side a{engine, trace, 0}, b{engine, trace, 1};
  const auto matching =
      nv::match_layers(engine.model(), engine.structure(), engine.model(), engine.structure());
  const std::vector<bool> all(engine.model().nodes.size(), true);
  for (const nv::LayerDifference& layer : nv::compare_passes(a, b, matching, all))
    fmt::print("{:<24} relative L2 {:<10.4g} cosine {:.4f}\n", layer.path, layer.values.relative_l2,
               layer.values.cosine);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    fmt::print(stderr, "usage: compare MODEL IMAGE IMAGE\n");
    return 2;
  }
  try {
    run(argv[1], {argv[2], argv[3]});
  } catch (const nv::Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
