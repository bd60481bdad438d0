// Draws the activation maps of one layer as a PNG file:
//   draw_layer MODEL IMAGE LAYER FILE.png
#include <fmt/core.h>

#include "nv/neuralvis.h"

namespace {

void run(const std::string& model_file, const std::string& image_file, const std::string& layer,
         const std::string& png_file) {
  nv::Engine engine(nv::open_model(model_file));
  const nv::Model& model = engine.model();
  nv::InputOptions options;
  options.preprocess.scale = nv::input_scale(model).scale;
  const nv::InputList inputs =
      nv::expand_inputs(std::vector{image_file}, options, nv::input_specs(model, engine.structure()));

  const nv::Input input = inputs.load(0);
  const std::vector<nv::Tensor> batch{nv::stack(input.tensors)};
  const nv::Trace trace = engine.forward(batch);

  // The prediction goes into the figure's caption.
  const std::vector<nv::OutputKind> outputs = nv::output_kinds(model, engine.structure());
  const std::vector<std::string> labels;
  nv::RunResult result = nv::summarise(engine, outputs, trace, 0, {}, labels, 1, std::nullopt);
  result.id = input.id;

  const nv::figures::Pass pass{engine, outputs, labels, trace, 0, input, result, options.preprocess};
  const nv::render::Scene scene = nv::figures::layer_sheet(pass, nv::select_layer(model, layer));
  nv::write_file(png_file, nv::render::encode_png(nv::render::rasterise(scene)));
  fmt::print("wrote {}\n", png_file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    fmt::print(stderr, "usage: draw_layer MODEL IMAGE LAYER FILE.png\n");
    return 2;
  }
  try {
    run(argv[1], argv[2], argv[3], argv[4]);
  } catch (const nv::Error& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
