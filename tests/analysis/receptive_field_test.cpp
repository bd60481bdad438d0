// The patch that a unit sees, compared with the pixels that change it.
#include "nv/analysis/receptive_field.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/analysis/mutation/filters.h"
#include "nv/core/random.h"
#include "nv/engine/engine.h"

namespace nv::test {

namespace {

/// Weights between 0.1 and 1: with inputs above 0, every unit that sees a pixel grows with it.
Model with_positive_weights(Model model) {
  Random random({7});
  const Structure structure = analyse(model);
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    LayerSpec& spec = model.layers[static_cast<std::size_t>(model.nodes[i].layer)];
    if (!spec.weights.empty()) continue;
    for (const WeightSpec& w : expected_weights(structure.nodes[i])) {
      Tensor numbers(w.shape);
      for (float& v : numbers.values()) v = random.uniform(0.1F, 1);
      spec.weights.push_back({w.name, w.shape, "float32", held(numbers)});
    }
  }
  return model;
}

/// Which pixels of a one-channel input change any of the `units` (indices into an item) of `node` if they
/// grow.
std::vector<bool> changing(Engine& engine, std::size_t node, const Shape& shape,
                           const std::vector<std::int64_t>& units) {
  Tensor x = noise(shape, 3);
  for (float& v : x.values()) v = 1 + 0.5F * v;
  std::vector<Tensor> versions{x};
  for (std::int64_t p = 0; p < x.size(); ++p) {
    versions.push_back(x.clone());
    versions.back()[p] += 50;
  }
  const Trace trace = engine.forward(std::vector{stack(versions)});
  const Tensor& out = trace.outputs[node];
  std::vector<bool> changed;
  for (std::int64_t p = 0; p < x.size(); ++p)
    changed.push_back(std::ranges::any_of(
        units, [&](std::int64_t unit) { return out.item(p + 1)[unit] != out.item(0)[unit]; }));
  return changed;
}

std::string drawn(const std::vector<bool>& seen, std::int64_t width) {
  std::string text = "\n";
  for (std::size_t i = 0; i < seen.size(); ++i) {
    text += seen[i] ? '#' : '.';
    if ((i + 1) % static_cast<std::size_t>(width) == 0) text += '\n';
  }
  return text;
}

/// Compares receptive_field with `changing` for several units of each image node.
void check_field(const std::string& layers, const std::string& batch_shape = "[null, 11, 9, 1]") {
  CAPTURE(layers);
  Engine engine(with_positive_weights(graph(
                    R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": )" +
                    batch_shape + "}, \"inbound_nodes\": []}," + layers +
                    R"(], "input_layers": [["x", 0, 0]], "output_layers": [["end", 0, 0]]}})")),
                {1});
  const Model& model = engine.model();
  const Structure& structure = engine.structure();
  const Shape shape = *structure.nodes[static_cast<std::size_t>(model.inputs[0].value.node)].output;
  const std::vector<Shape> shapes = output_shapes(model, structure, {&shape, 1});
  for (std::size_t node = 0; node < model.nodes.size(); ++node) {
    const auto [height, width] = image_size(structure, shapes, node);
    if (model.layer_of(model.nodes[node]).kind == "Flatten") continue;  // its units are not positions
    const bool first = structure.nodes[node].channels_first;
    const std::int64_t channels = shapes[node].rank() == 3 ? shapes[node][first ? 0 : 2] : 1;
    for (const auto& [row, column] :
         std::vector<std::array<std::int64_t, 2>>{{0, 0}, {height / 2, width / 3}, {height - 1, width - 1}}) {
      const auto field = receptive_field(model, structure, shapes, node, row, column);
      REQUIRE(field.size() == 1);
      std::vector<std::int64_t> units;  // all channels
      for (std::int64_t c = 0; c < channels; ++c) {
        const std::int64_t position = row * width + column;
        units.push_back(first ? c * height * width + position : position * channels + c);
      }
      const auto expected = changing(engine, node, shape, units);
      CAPTURE(model.nodes[node].path);
      CHECK(drawn(field[0].seen, field[0].width) == drawn(expected, field[0].width));
    }
  }
}

std::string node(const std::string& name, const std::string& kind, const std::string& options,
                 const std::vector<std::string>& from) {
  std::string calls;
  for (const std::string& f : from) calls += (calls.empty() ? "" : ", ") + ("[\"" + f + "\", 0, 0, {}]");
  return R"({"class_name": ")" + kind + R"(", "name": ")" + name + R"(", "config": {"name": ")" + name +
         "\"" + (options.empty() ? "" : ", " + options) + "}, \"inbound_nodes\": [[" + calls + "]]}";
}

/// A chain of layers: kind and options.
std::string chain(const std::vector<std::array<std::string, 2>>& layers) {
  std::string text, from = "x";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::string name = i + 1 == layers.size() ? "end" : fmt::format("l{}", i);
    text += (i == 0 ? "" : ", ") + node(name, layers[i][0], layers[i][1], {from});
    from = name;
  }
  return text;
}

}  // namespace

TEST_CASE("receptive field: convolutions and pooling, with padding, strides and dilation") {
  check_field(chain({{"Conv2D", R"("filters": 2, "kernel_size": [3, 2], "padding": "same", "strides": 2)"},
                     {"MaxPooling2D", R"("pool_size": 2, "strides": 1, "padding": "same")"},
                     {"Conv2D", R"("filters": 2, "kernel_size": 2)"}}));
  check_field(
      chain({{"Conv2D", R"("filters": 2, "kernel_size": 3, "dilation_rate": [2, 3], "padding": "same")"},
             {"ReLU", ""},
             {"AveragePooling2D", R"("pool_size": [2, 3])"}}));
  check_field(chain({{"Conv2D", R"("filters": 1, "kernel_size": 1, "strides": 3)"}}));
  check_field(chain({{"DepthwiseConv2D", R"("kernel_size": 3, "dilation_rate": 2)"},
                     {"SeparableConv2D", R"("filters": 3, "kernel_size": 2, "padding": "same")"}}));
}

TEST_CASE("receptive field: transposed convolution, up-sampling, resizing, margins") {
  check_field(chain({{"Conv2DTranspose", R"("filters": 1, "kernel_size": 3, "strides": 2)"}}),
              "[null, 5, 4, 1]");
  check_field(chain({{"Conv2DTranspose", R"("filters": 1, "kernel_size": 2, "strides": 3)"},
                     {"Conv2D", R"("filters": 1, "kernel_size": 2)"}}),
              "[null, 4, 3, 1]");
  check_field(
      chain({{"Conv2DTranspose",
              R"("filters": 1, "kernel_size": 3, "strides": 1, "dilation_rate": 2, "padding": "same")"}}),
      "[null, 6, 5, 1]");
  check_field(chain({{"UpSampling2D", R"("size": [2, 3])"}, {"Conv2D", R"("filters": 1, "kernel_size": 2)"}}),
              "[null, 4, 5, 1]");
  check_field(chain({{"UpSampling2D", R"("size": 2, "interpolation": "bilinear")"}}), "[null, 4, 5, 1]");
  check_field(chain({{"ZeroPadding2D", R"("padding": [[1, 2], [0, 3]])"},
                     {"Conv2D", R"("filters": 1, "kernel_size": 3)"},
                     {"Cropping2D", R"("cropping": [[2, 0], [1, 1]])"}}));
  check_field(chain({{"Resizing", R"("height": 5, "width": 14)"}}));
}

TEST_CASE("receptive field: the union over branches, and what is added to one position") {
  check_field(
      node("a", "Conv2D", R"("filters": 2, "kernel_size": 3, "padding": "same", "dilation_rate": 2)", {"x"}) +
      ", " + node("b", "Conv2D", R"("filters": 2, "kernel_size": [1, 5], "padding": "same")", {"x"}) + ", " +
      node("c", "Concatenate", "\"axis\": -1", {"a", "b"}) + ", " +
      node("end", "Conv2D", R"("filters": 1, "kernel_size": 1)", {"c"}));
  check_field(node("a", "Conv2D", R"("filters": 1, "kernel_size": 3, "padding": "same")", {"x"}) + ", " +
              node("end", "Add", "", {"x", "a"}));
  check_field(node("a", "Conv2D", R"("filters": 1, "kernel_size": 3, "padding": "same")", {"x"}) + ", " +
              node("end", "Concatenate", "\"axis\": 1", {"x", "a"}));
}

TEST_CASE("receptive field: all positions after what joins them") {
  check_field(node("g", "GlobalAveragePooling2D", "\"keepdims\": true", {"x"}) + ", " +
              node("s", "Conv2D", R"("filters": 1, "kernel_size": 1)", {"g"}) + ", " +
              node("a", "Conv2D", R"("filters": 1, "kernel_size": 3)", {"x"}) + ", " +
              node("end", "Multiply", "", {"a", "s"}));
  check_field(
      chain({{"Conv2D", R"("filters": 2, "kernel_size": 3)"}, {"Flatten", ""}, {"Dense", "\"units\": 2"}}),
      "[null, 3, 3, 1]");
}

TEST_CASE(
    "receptive field: dense layers along the channels keep positions, normalisation over all does not") {
  check_field(chain({{"Conv2D", R"("filters": 3, "kernel_size": 2)"}, {"Dense", "\"units\": 2"}}));
  check_field(chain(
      {{"Conv2D", R"("filters": 2, "kernel_size": 2)"}, {"BatchNormalization", ""}, {"MaxPooling2D", ""}}));
  check_field(
      chain({{"Conv2D", R"("filters": 3, "kernel_size": 2)"}, {"LayerNormalization", "\"axis\": -1"}}));
  check_field(
      chain({{"Conv2D", R"("filters": 2, "kernel_size": 2)"}, {"GroupNormalization", "\"groups\": 2"}}));
}

TEST_CASE("receptive field: channels_first") {
  check_field(chain({{"Conv2D", R"("filters": 2, "kernel_size": [3, 2], "data_format": "channels_first")"},
                     {"ReLU", ""},
                     {"MaxPooling2D", R"("pool_size": 2, "data_format": "channels_first")"}}),
              "[null, 1, 11, 9]");
}

TEST_CASE("receptive field: a position that a layer does not have is an error") {
  const Model model = graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 6, 6, 1]}},
      {"class_name": "Conv2D", "config": {"name": "conv", "filters": 1, "kernel_size": 3}}]}})");
  const Structure structure = analyse(model);
  const Shape shape{6, 6, 1};
  const auto shapes = output_shapes(model, structure, {&shape, 1});
  CHECK(complaint([&] { (void)receptive_field(model, structure, shapes, 1, 4, 0); }) ==
        "usage: m: layer conv has no position 4, 0: its output is 4 x 4 x 1");
  CHECK(receptive_field(model, structure, shapes, 1, 1, 3)[0].box() == SeenPositions::Box{1, 3, 3, 3});
}

}  // namespace nv::test
