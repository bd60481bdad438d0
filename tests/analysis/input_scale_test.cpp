#include "nv/analysis/input_scale.h"

#include <doctest/doctest.h>

#include "keras/support.h"

namespace nv::test {

namespace {

std::string layer_json(const std::string& kind, const std::string& options = "") {
  static int number = 0;
  return fmt::format(R"({{"class_name": "{}", "config": {{"name": "l{}"{}}}}})", kind, ++number,
                     options.empty() ? "" : ", " + options);
}

const std::string rescaling = R"("scale": 0.00392156862745098, "offset": 0.0)";

/// A chain of layers after an input of pictures.
Model chain(const std::vector<std::string>& layers, const std::string& name = "s") {
  std::string text;
  for (const std::string& l : layers) text += ", " + l;
  return graph(R"({"class_name": "Sequential", "config": {"name": ")" + name + R"(", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 8, 8, 3]}})" +
               text + "]}}");
}

Scale scale(const std::vector<std::string>& layers) {
  return input_scale(chain(layers)).scale;
}

const std::string conv = layer_json("Conv2D", R"("filters": 2, "kernel_size": [3, 3])");

/// A functional model of tf.keras whose one operation has the picture and `y`.
Model operation(const std::string& function, const std::string& y, const std::string& name = "y") {
  return graph(R"({"class_name": "Functional", "config": {"name": "f", "layers": [
    {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 8, 8, 3]}, "name": "x", "inbound_nodes": []},
    {"class_name": "SlicingOpLambda", "config": {"name": "bgr", "function": "__operators__.getitem"}, "name": "bgr",
     "inbound_nodes": [["x", 0, 0, {"slice_spec": {"class_name": "__tuple__", "items": ["...", {"start": null, "stop": null, "step": -1}]}}]]},
    {"class_name": "TFOpLambda", "config": {"name": "op", "function": ")" +
               function + R"("}, "name": "op", "inbound_nodes": [["bgr", 0, 0, {")" + name + "\": " + y +
               R"(, "name": null}]]}],
    "input_layers": [["x", 0, 0]], "output_layers": [["op", 0, 0]]}})");
}

}  // namespace

TEST_CASE(
    "input scale: a model that scales pictures itself gets 0..255, wherever the layer is among those that "
    "change nothing") {
  CHECK(scale({layer_json("Rescaling", rescaling), conv}) == Scale::raw);
  CHECK(scale({layer_json("Normalization",
                          R"("axis": [-1], "mean": [120, 110, 100], "variance": [4000, 4000, 4000])"),
               conv}) == Scale::raw);
  for (const std::string& before :
       {layer_json("RandomFlip", R"("mode": "horizontal")"), layer_json("RandomRotation", R"("factor": 0.1)"),
        layer_json("Resizing", R"("height": 8, "width": 8)"),
        layer_json("CenterCrop", R"("height": 6, "width": 6)"),
        layer_json("Cropping2D", R"("cropping": [[1, 1], [1, 1]])"),
        layer_json("ZeroPadding2D", R"("padding": [[1, 1], [1, 1]])"),
        layer_json("Dropout", R"("rate": 0.5)"), layer_json("Activation", R"("activation": "linear")"),
        layer_json("Permute", R"("dims": [2, 1, 3])"), layer_json("GaussianNoise", R"("stddev": 0.1)")}) {
    CAPTURE(before);
    CHECK(scale({before, layer_json("Rescaling", rescaling), conv}) == Scale::raw);
    CHECK(scale({before, conv}) == Scale::unit);
  }
}

TEST_CASE("input scale: a model that does not gets 0..1, and a note if it scales after other layers") {
  CHECK(scale({conv}) == Scale::unit);
  CHECK(input_scale(chain({conv})).notes.empty());
  const InputScale late = input_scale(chain({conv, layer_json("Rescaling", rescaling)}));
  CHECK(late.scale == Scale::unit);
  REQUIRE(late.notes.size() == 1);
  CHECK(late.notes[0].find("after other layers") != std::string::npos);
  // Attention and residual blocks have such layers too.
  CHECK(input_scale(chain({conv, layer_json("Rescaling", R"("scale": 0.17)")})).notes.empty());
}

TEST_CASE("input scale: operations are told apart by their constants") {
  for (const auto& [function, number] :
       std::vector<std::pair<std::string, std::string>>{{"math.truediv", "255.0"},
                                                        {"math.divide", "127.5"},
                                                        {"math.multiply", "0.00392156862745098"},
                                                        {"math.subtract", "127.5"},
                                                        {"__operators__.truediv", "255"}}) {
    CAPTURE(function);
    CHECK(input_scale(operation(function, number)).scale == Scale::raw);
  }
  CHECK(input_scale(operation("nn.bias_add", "[-103.939, -116.779, -123.68]", "bias")).scale == Scale::raw);
  CHECK(input_scale(operation("math.multiply", "2.0")).scale == Scale::unit);
  CHECK(input_scale(operation("math.subtract", "0.5")).scale == Scale::unit);
  CHECK(input_scale(operation("math.subtract", "[0.485, 0.456, 0.406]")).scale == Scale::unit);
}

TEST_CASE("input scale: one branch that scales and one that does not gives a note") {
  const Model m = graph(R"({"class_name": "Functional", "config": {"name": "f", "layers": [
    {"class_name": "InputLayer", "config": {"name": "x", "batch_input_shape": [null, 8, 8, 3]}, "name": "x", "inbound_nodes": []},
    {"class_name": "Rescaling", "config": {"name": "r", "scale": 0.0039, "offset": 0}, "name": "r", "inbound_nodes": [["x", 0, 0, {}]]},
    {"class_name": "ReLU", "config": {"name": "a"}, "name": "a", "inbound_nodes": [["x", 0, 0, {}]]},
    {"class_name": "Add", "config": {"name": "s"}, "name": "s", "inbound_nodes": [[["r", 0, 0, {}], ["a", 0, 0, {}]]]}],
    "input_layers": [["x", 0, 0]], "output_layers": [["s", 0, 0]]}})");
  const InputScale found = input_scale(m);
  CHECK(found.scale == Scale::raw);
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes[0].find("r (Rescaling) scales pictures, and a (ReLU) takes them as they are") !=
        std::string::npos);
}

TEST_CASE("input scale: layers with numbers for 0..1 give a note") {
  const InputScale found =
      input_scale(chain({layer_json("Rescaling", R"("scale": 2.0, "offset": -1.0)"), conv}));
  CHECK(found.scale == Scale::raw);
  REQUIRE(found.notes.size() == 1);
  CHECK(found.notes[0].find("--preprocess unit") != std::string::npos);
  CHECK(scale({layer_json("Rescaling", R"("scale": 1.0)"), conv}) == Scale::unit);
}

TEST_CASE("input scale: families of keras.applications, by their name or their layers") {
  const auto notes = [](const Model& m, Scale in_use) {
    Preprocess how;
    how.scale = in_use;
    return fmt::format("{}", fmt::join(preprocess_notes(input_scale(m), how, false), "; "));
  };
  CHECK(notes(chain({conv}, "vgg16"), Scale::unit).find("VGG") != std::string::npos);
  CHECK(notes(chain({conv}, "vgg16"), Scale::unit).find("--preprocess caffe; unit is in use") !=
        std::string::npos);
  CHECK(notes(chain({conv}, "vgg16"), Scale::caffe).empty());
  CHECK(notes(chain({conv}, "mine"), Scale::unit).empty());
  for (const auto& [name, family] :
       std::vector<std::pair<std::string, std::string>>{{"resnet50", "ResNet "},
                                                        {"resnet50v2", "ResNetV2 "},
                                                        {"mobilenet_1.00_224", "MobileNet "},
                                                        {"mobilenetv2_1.00_224", "MobileNetV2 "},
                                                        {"inception_v3", "InceptionV3 "},
                                                        {"inception_resnet_v2", "InceptionResNetV2 "},
                                                        {"xception", "Xception "},
                                                        {"NASNet", "NASNet "},
                                                        {"densenet121", "DenseNet "},
                                                        {"efficientnetb0", "EfficientNet "},
                                                        {"efficientnetv2-b0", "EfficientNetV2 "},
                                                        {"MobilenetV3small", "MobileNetV3 "},
                                                        {"convnext_tiny", "ConvNeXt "}}) {
    CAPTURE(name);
    const Scale other = family == "DenseNet " ? Scale::unit : Scale::torch;
    CHECK(notes(chain({conv}, name), other).find("looks like " + family) != std::string::npos);
  }
}

}  // namespace nv::test
