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

  // Only the chosen layer's output is kept.
  const std::size_t node = nv::select_layer(model, layer);
  std::vector<bool> keep(model.nodes.size(), false);
  keep[node] = true;
  const std::vector<nv::Tensor> batch{nv::stack(inputs.load(0).tensors)};
  const nv::Tensor activation = engine.forward(batch, keep).outputs[node].item(0);

  const auto maps = nv::feature_maps(activation, engine.structure().nodes[node].channels_first);
  nv::render::MapGrid grid;
  grid.title = layer;
  grid.kind = model.layer_of(model.nodes[node]).kind;
  grid.shape_text = activation.shape().str();
  grid.model = model_file;
  for (const nv::FeatureMap& m : maps) {
    nv::render::Map map;
    map.channel = static_cast<int>(m.channel);
    map.rows = static_cast<int>(m.rows);
    map.cols = static_cast<int>(m.cols);
    map.values = m.values;
    map.dead = m.dead;
    grid.maps.push_back(map);
  }
  const nv::render::Scene scene = nv::render::draw(grid);
  nv::write_file(png_file, nv::render::encode_png(nv::render::rasterise(scene)));
  fmt::print("{}: {} maps\n", png_file, maps.size());
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
