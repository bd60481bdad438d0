// Opens a model, runs an image through it, and prints the prediction and the activation of every layer:
//   run_model MODEL IMAGE
#include <fmt/core.h>

#include "nv/neuralvis.h"

namespace {

void run(const std::string& model_file, const std::string& image_file) {
  nv::Engine engine(nv::open_model(model_file));
  const nv::Model& model = engine.model();

  // The image as the model takes it: resized, and scaled as its layers suggest.
  nv::InputOptions options;
  options.preprocess.scale = nv::input_scale(model).scale;
  const nv::InputList inputs =
      nv::expand_inputs(std::vector{image_file}, options, nv::input_specs(model, engine.structure()));
  const nv::Input input = inputs.load(0);

  // A batch of one.
  std::vector<nv::Tensor> batch;
  for (const nv::Tensor& t : input.tensors) batch.push_back(nv::stack({&t, 1}));
  const nv::Trace trace = engine.forward(batch);

  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    const nv::Tensor& activation = trace.outputs[i];
    const nv::Statistics s = nv::statistics(activation.values());
    fmt::print("{:<24} {:<16} min {:<10.4g} max {:<10.4g} mean {:.4g}\n", model.nodes[i].path,
               activation.shape().item().str(), s.min, s.max, s.mean);
  }
  const auto outputs = nv::output_kinds(model, engine.structure());
  if (const nv::OutputKind* output = nv::classifier_of(outputs)) {
    const nv::Tensor& scores = trace.outputs[static_cast<std::size_t>(output->value.node)];
    if (const auto prediction = nv::predict(scores.values(), output->activation, {}))
      fmt::print("predicted class {}, score {:.4f}\n", prediction->index, prediction->score);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: run_model MODEL IMAGE\n");
    return 2;
  }
  try {
    run(argv[1], argv[2]);
  } catch (const nv::Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
