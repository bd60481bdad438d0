#include "nv/figures/model/layer_words.h"

#include <doctest/doctest.h>

#include "layers/support.h"
#include "nv/analysis/families.h"
#include "nv/figures/model/structure.h"

using namespace nv;
using namespace nv::figures;
using nv::test::spec;

namespace {

/// One layer of a kind after an input.
Inspection layer_after(const std::string& input_shape, const std::string& kind, const std::string& json) {
  Model model;
  const auto add = [&model](const std::string& name, LayerSpec layer, std::vector<Value> inputs) {
    layer.path = layer.name = name;
    model.layers.push_back(std::move(layer));
    model.nodes.push_back({name, static_cast<int>(model.layers.size()) - 1, std::move(inputs), {}});
  };
  add("x", spec("InputLayer", R"({"batch_shape": [null, )" + input_shape + "]}"), {});
  add("y", spec(kind, json), {{0}});
  return inspect(std::move(model), {});
}

std::string kind_of(const std::string& kind, const std::string& json) {
  return kind_words(layer_after("32, 32, 3", kind, json), 1);
}

std::string brief_of(const std::string& kind, const std::string& json, const char* shape = "32, 32, 3") {
  return brief_words(layer_after(shape, kind, json), 1);
}

/// Activation function of a layer, and what is written after its kind.
std::string activation_of(const std::string& kind, const std::string& json) {
  const Inspection in = layer_after("32, 32, 3", kind, json);
  const LayerSpec& layer = in.model.layers[1];
  return activation_name(layer, in.structure.nodes[1]) + "|" + activation_note(layer, in.structure.nodes[1]);
}

}  // namespace

TEST_CASE("kinds are written with their window, and strides that are not its size") {
  CHECK(kind_of("Conv2D", R"({"filters": 8, "kernel_size": [3, 3]})") == "Conv2D 3 × 3");
  CHECK(kind_of("Conv2D", R"({"filters": 8, "kernel_size": [7, 1], "strides": [2, 2]})") ==
        "Conv2D 7 × 1, /2");
  CHECK(kind_of("MaxPooling2D", R"({"pool_size": [2, 2]})") == "MaxPooling2D 2 × 2");
  CHECK(kind_of("MaxPooling2D", R"({"pool_size": [3, 3], "strides": [2, 2]})") == "MaxPooling2D 3 × 3, /2");
  CHECK(kind_of("GlobalAveragePooling2D", "{}") == "GlobalAveragePooling2D");
  CHECK(kind_of("Flatten", "{}") == "Flatten");
}

TEST_CASE("short texts are those of papers: kernel size, number of filters") {
  CHECK(brief_of("Conv2D", R"({"filters": 256, "kernel_size": [3, 3]})") == "conv3-256");
  CHECK(brief_of("Conv2D", R"({"filters": 8, "kernel_size": [1, 7], "strides": [2, 2]})") == "conv1×7-8 /2");
  CHECK(brief_of("Conv2DTranspose", R"({"filters": 8, "kernel_size": [2, 2], "strides": [2, 2]})") ==
        "upconv2-8 /2");
  CHECK(brief_of("DepthwiseConv2D", R"({"kernel_size": [3, 3], "depth_multiplier": 2})") == "dwconv3-6");
  CHECK(brief_of("MaxPooling2D", R"({"pool_size": [2, 2]})") == "maxpool2");
  CHECK(brief_of("GlobalAveragePooling2D", "{}") == "global avgpool");
  CHECK(brief_of("Dense", R"({"units": 10})", "128") == "dense-10");
  CHECK(brief_of("ZeroPadding2D", "{}") == "pad");
  CHECK(brief_of("Flatten", "{}") == "flatten");
  CHECK(brief_of("MyOwnLayer", "{}") == "myownlayer");
}

TEST_CASE("no activation function is lost, and ReLU with a limit of 6 is relu6") {
  CHECK(activation_of("Conv2D", R"({"filters": 8, "kernel_size": [3, 3], "activation": "relu"})") ==
        "relu|relu");
  CHECK(activation_of("Activation", R"({"activation": "relu6"})") == "relu6|relu6");
  CHECK(activation_of("Activation", R"({"activation": "linear"})") == "|");
  CHECK(activation_of("ReLU", "{}") == "relu|");
  CHECK(activation_of("ReLU", R"({"max_value": 6.0})") == "relu6|max 6");
  CHECK(activation_of("ReLU", R"({"max_value": 4.5})") == "relu max 4.5|max 4.5");
  CHECK(activation_of("ReLU", R"({"negative_slope": 0.1})") == "leaky_relu|");
  CHECK(activation_of("LeakyReLU", "{}") == "leaky_relu|");
}

TEST_CASE("sizes that a model leaves open are drawn as for an input of 256 x 256, and written as open") {
  const NetworkGraph graph = structure_graph(
      layer_after("null, null, 3", "MaxPooling2D", R"({"pool_size": [2, 2]})"), StructureDetail::folded);
  CHECK(graph.nodes[1].shape == "? × ? × 3");
  CHECK(graph.nodes[1].volume == std::array<std::int64_t, 3>{128, 128, 3});
  CHECK(graph.remarks.back() == "sizes that the model leaves open are drawn as 256");
}

TEST_CASE("with every layer drawn, activation functions stand beside the kind") {
  const Inspection in = layer_after("32, 32, 3", "Activation", R"({"activation": "tanh"})");
  const NetworkGraph graph = structure_graph(in, StructureDetail::all);
  CHECK(graph.nodes[1].kind == "Activation");
  CHECK(graph.nodes[1].note == "tanh");
}
