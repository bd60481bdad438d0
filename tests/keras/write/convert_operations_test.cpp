// Operations as `nv convert` writes them: in the format of Keras 3, with the same meaning.
#include <doctest/doctest.h>

#include <map>
#include <set>

#include "keras/support.h"
#include "layers/support.h"
#include "nv/engine/engine.h"
#include "nv/keras/hdf5/file.h"
#include "nv/keras/reader.h"
#include "nv/keras/writer.h"

namespace nv::test {

namespace {

using Json = nlohmann::ordered_json;

/// Input x of `shape` (without the batch) and a layer after it.
Model model_of(const std::string& shape, const std::string& layer, int keras_major) {
  return graph(R"({"class_name": "Functional", "config": {"name": "m", "layers": [
      {"class_name": "InputLayer", "name": "x", "config": {"name": "x", "batch_input_shape": [null, )" +
                   shape + R"(]}, "inbound_nodes": []}, )" + layer +
                   R"(], "input_layers": [["x", 0, 0]], "output_layers": [["op", 0, 0]]}})",
               keras_major);
}

/// A function of TensorFlow on x, or on a list of x twice.
Model of_tf(const std::string& function, const std::string& kwargs, const std::string& shape, bool twice) {
  const std::string edge = R"(["x", 0, 0, )" + kwargs + "]";
  const std::string edges = twice ? "[" + edge + ", " + edge + "]" : "[" + edge + "]";
  const std::string kind = function == "__operators__.getitem" ? "SlicingOpLambda" : "TFOpLambda";
  return model_of(shape,
                  R"({"class_name": ")" + kind +
                      R"(", "name": "op", "config": {"name": "op", "function": ")" + function +
                      R"("}, "inbound_nodes": [)" + edges + "]}",
                  2);
}

/// An operation of Keras 3 called with `args`, in which $ stands for x.
Model of_keras3(const std::string& kind, const std::string& config, std::string args,
                const std::string& shape) {
  const std::string x = R"({"class_name": "__keras_tensor__", "config": {"keras_history": ["x", 0, 0]}})";
  for (std::size_t at = 0; (at = args.find('$', at)) != std::string::npos; at += x.size())
    args.replace(at, 1, x);
  return model_of(shape,
                  R"({"class_name": ")" + kind + R"(", "name": "op", "config": )" + config +
                      R"(, "inbound_nodes": [{"args": [)" + args + R"(], "kwargs": {}}]})",
                  3);
}

Tensor first_output_of(const Model& model) {
  Engine engine(model, {1});
  std::vector<Tensor> inputs;
  for (const Port& p : model.inputs) {
    Tensor x = noise(engine.structure().nodes[static_cast<std::size_t>(p.value.node)].output->batched(2), 3);
    for (float& v : x.values()) v = 1.5F + v;  // above 0, for logarithms and roots
    inputs.push_back(x);
  }
  return engine.forward(inputs).outputs[static_cast<std::size_t>(model.outputs[0].value.node)];
}

/// Parameters of the constructors of Keras 3's operations; none if it is not listed.
const std::map<std::string, std::set<std::string>> constructor_options = {
    {"AveragePool", {"pool_size", "strides", "padding", "data_format"}},
    {"Cast", {"dtype"}},
    {"Clip", {"x_min", "x_max"}},
    {"Concatenate", {"axis"}},
    {"DepthToSpace", {"block_size", "data_format"}},
    {"ExpandDims", {"axis"}},
    {"Flip", {"axis"}},
    {"Gelu", {"approximate"}},
    {"LogSoftmax", {"axis"}},
    {"Logsumexp", {"axis", "keepdims"}},
    {"Max", {"axis", "keepdims", "initial"}},
    {"MaxPool", {"pool_size", "strides", "padding", "data_format"}},
    {"Mean", {"axis", "keepdims"}},
    {"Min", {"axis", "keepdims", "initial"}},
    {"Norm", {"ord", "axis", "keepdims"}},
    {"Normalize", {"axis", "order", "epsilon"}},
    {"Pad", {"pad_width", "mode"}},
    {"Prod", {"axis", "keepdims", "dtype"}},
    {"RGBToGrayscale", {"data_format"}},
    {"Repeat", {"repeats", "axis"}},
    {"Resize",
     {"size", "interpolation", "antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio", "fill_mode",
      "fill_value", "data_format"}},
    {"Softmax", {"axis"}},
    {"SpaceToDepth", {"block_size", "data_format"}},
    {"Split", {"indices_or_sections", "axis"}},
    {"Squeeze", {"axis"}},
    {"Stack", {"axis"}},
    {"Std", {"axis", "keepdims"}},
    {"Sum", {"axis", "keepdims"}},
    {"Tile", {"repeats"}},
    {"Transpose", {"axes"}},
    {"Unstack", {"num", "axis"}},
    {"Var", {"axis", "keepdims"}}};

/// The part of a call's argument that Keras 3 would not accept.
std::string bad_argument(const Json& value) {
  if (value.is_object() && value.value("class_name", "") == "__ellipsis__") return "an ellipsis";
  if (value.is_array() && !value.empty() && value[0].is_number_float()) return "a bare list of numbers";
  if (value.is_object() && value.value("class_name", "") == "__tensor__") return "";
  if (value.is_structured())
    for (const Json& item : value)
      if (std::string bad = bad_argument(item); !bad.empty()) return bad;
  return "";
}

/// Faults in the format of operations in a file.
std::string bad_words(const std::string& file) {
  const auto h5 = Hdf5File::open(file);
  const Json config = Json::parse(*h5->text("/", "model_config"));
  for (const Json& layer : config["config"]["layers"]) {
    if (layer.value("module", "").find("keras.src.ops") != 0) continue;
    const auto kind = layer["class_name"].get<std::string>();
    const auto known = constructor_options.find(kind);
    for (const auto& [key, value] : layer["config"].items()) {
      if (key == "name") continue;
      if (known == constructor_options.end() || !known->second.contains(key)) return kind + " has no " + key;
      if (value.is_string() && value == "CONSTANT") return kind + ": " + key + " in capitals";
    }
    for (const Json& call : layer["inbound_nodes"])
      if (std::string bad = bad_argument(call["args"]); !bad.empty()) return kind + ": " + bad;
  }
  return "";
}

/// "" if both files compute what the model does; "refused: ..." if it cannot be written.
std::string converted(const Model& model) {
  const Folder folder;
  const Tensor before = first_output_of(model);
  for (const auto& [extension, format] :
       {std::pair(".h5", ModelFormat::h5), std::pair(".keras", ModelFormat::keras)}) {
    const std::string file = folder.path(std::string("m") + extension);
    try {
      write_file(file, encode_model(model, format));
    } catch (const Error& e) {
      return e.kind() == ErrorKind::unsupported ? "refused" : e.what();
    }
    if (format == ModelFormat::h5)
      if (std::string bad = bad_words(file); !bad.empty()) return bad;
    const Tensor after = first_output_of(open_model(file));
    if (!(after.shape() == before.shape())) return "gives " + after.shape().str();
    for (std::int64_t i = 0; i < before.size(); ++i)
      if (!(std::abs(after[i] - before[i]) <= 1e-5F * (1 + std::abs(before[i]))))
        return "gives other numbers";
  }
  return "";
}

}  // namespace

TEST_CASE("convert writes each function of tf.keras in the format of Keras 3") {
  struct Case {
    const char *function, *kwargs;
    bool twice = false;
  };
  static const Case cases[] = {
      {"add", R"({"y": 2.0, "name": null})"},
      {"math.add", R"({"y": [1.0, 2.0, 3.0]})"},
      {"math.subtract", R"({"y": [1.0, 2.0, 3.0]})"},
      {"math.multiply", R"({"y": [[1.0, 2.0, 3.0]]})"},
      {"math.truediv", R"({"y": [0.229, 0.224, 0.225], "name": null})"},
      {"math.truediv", R"({"y": 127.5})"},
      {"math.divide", R"({"y": 3.0})"},
      {"math.pow", R"({"y": 2.0})"},
      {"math.maximum", R"({"y": 1.5})"},
      {"math.squared_difference", R"({"y": 1.5})"},
      {"compat.v1.math.scalar_mul", R"({"x": 2.5})"},
      {"cast", R"({"dtype": "float32"})"},
      {"clip_by_value", R"({"clip_value_min": 1.0, "clip_value_max": 1.5})"},
      {"compat.v1.norm", R"({"ord": "euclidean", "axis": -1, "keep_dims": true})"},
      {"norm", R"({"ord": "euclidean", "axis": [1, 2]})"},
      {"compat.v1.pad",
       R"({"paddings": [[0, 0], [1, 2], [0, 1], [0, 0]], "mode": "CONSTANT", "constant_values": 0})"},
      {"pad",
       R"({"paddings": [[0, 0], [1, 2], [0, 1], [0, 0]], "mode": "CONSTANT", "constant_values": 1.5})"},
      {"compat.v1.transpose", R"({"perm": [0, 2, 1, 3]})"},
      {"concat", R"({"axis": -1})", true},
      {"stack", R"({"axis": -1, "name": null})", true},
      {"math.add_n", "{}", true},
      {"expand_dims", R"({"axis": 1})"},
      {"identity", "{}"},
      {"keras.backend.batch_flatten", "{}"},
      {"linalg.matmul", R"({"b": ["x", 0, 0], "transpose_b": true, "adjoint_a": false})"},
      {"linalg.matmul", R"({"b": ["x", 0, 0], "transpose_a": true})"},
      {"linalg.matmul", R"({"b": [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "transpose_b": true})"},
      {"math.l2_normalize", R"({"axis": -1})"},
      {"nn.bias_add", R"({"bias": [-103.939, -116.779, -123.68], "data_format": "NHWC"})"},
      {"nn.bias_add", R"({"bias": [1.0, 2.0, 3.0, 4.0], "data_format": "NCHW"})"},
      {"nn.leaky_relu", R"({"alpha": 0.3})"},
      {"nn.gelu", "{}"},
      {"nn.softmax", R"({"axis": 1})"},
      {"nn.log_softmax", "{}"},
      {"repeat", R"({"repeats": 2, "axis": 2})"},
      {"reshape", R"({"shape": [-1, 8, 3]})"},
      {"reverse", R"({"axis": [1]})"},
      {"split", R"({"num_or_size_splits": [1, 3], "axis": 1})"},
      {"tile", R"({"multiples": [1, 2, 1, 3]})"},
      {"unstack", R"({"axis": 1, "num": 4})"},
      {"math.reduce_mean", R"({"axis": [1, 2], "keepdims": true})"},
      {"math.reduce_sum", R"({"axis": 1, "keepdims": false})"},
      {"math.reduce_logsumexp", R"({"axis": 1})"},
      {"nn.max_pool2d",
       R"({"ksize": [1, 2, 2, 1], "strides": [1, 2, 1, 1], "padding": "SAME", "data_format": "NHWC"})"},
      {"nn.avg_pool", R"({"ksize": 2, "strides": 1, "padding": "VALID"})"},
      {"nn.depth_to_space", R"({"block_size": 1, "data_format": "NHWC"})"},
      {"nn.space_to_depth", R"({"block_size": 2})"},
      {"image.resize", R"({"size": [3, 7], "method": "nearest"})"},
      {"image.resize", R"({"size": [3, 7]})"},
      {"image.rgb_to_grayscale", "{}"},
      {"image.flip_left_right", "{}"},
      {"__operators__.getitem",
       R"({"slice_spec": [{"class_name": "__ellipsis__"}, {"start": null, "stop": null, "step": -1}]})"},
      {"__operators__.getitem", R"({"slice_spec": {"start": null, "stop": null, "step": null}})"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.function);
    CAPTURE(c.kwargs);
    const std::string result = converted(of_tf(c.function, c.kwargs, "4, 2, 3", c.twice));
    // Keras 3 has none.
    CHECK(result == (std::string_view(c.function) == "math.squared_difference" ? "refused" : ""));
  }
  for (const char* function :
       {"math.abs",      "math.ceil",       "math.cos",   "math.erf",      "math.exp",
        "math.expm1",    "math.floor",      "math.log",   "math.log1p",    "math.log_sigmoid",
        "math.negative", "math.reciprocal", "math.round", "math.rsqrt",    "math.sigmoid",
        "math.sign",     "math.sin",        "math.sinh",  "math.softplus", "math.softsign",
        "math.sqrt",     "math.square",     "math.tan",   "math.tanh",     "math.atan",
        "nn.elu",        "nn.relu",         "nn.relu6",   "nn.selu",       "nn.silu"}) {
    CAPTURE(function);
    CHECK(converted(of_tf(function, "{}", "4, 2, 3", false)) == "");
  }
}

TEST_CASE("convert writes operations of Keras 3 so that its .h5 reader accepts them") {
  const std::string ellipsis = R"({"class_name": "__ellipsis__", "config": {}})";
  const std::string all =
      R"({"class_name": "__slice__", "config": {"start": null, "stop": null, "step": null}})";
  CHECK(converted(of_keras3("GetItem", R"({"name": "op"})", "$, [" + ellipsis + ", 0]", "4, 3, 2")) == "");
  CHECK(converted(of_keras3("GetItem", R"({"name": "op"})", "$, [" + all + ", 1, " + ellipsis + "]",
                            "4, 3, 2")) == "");
  CHECK(converted(of_keras3("Concatenate", R"({"name": "op", "axis": 1})", "[$]", "4, 3, 2")) == "");
  CHECK(converted(of_keras3("Multiply", R"({"name": "op"})", "$, [1.0, 2.0]", "4, 3, 2")) == "");
  CHECK(converted(of_keras3("MaxPool", R"({"name": "op", "pool_size": 2, "strides": 1})", "$", "4, 3, 2")) ==
        "");
  CHECK(converted(of_keras3("Resize", R"({"name": "op", "size": [2, 5]})", "$", "4, 3, 2")) == "");
  CHECK(converted(of_keras3("RGBToGrayscale", R"({"name": "op"})", "$", "4, 2, 3")) == "");
}

TEST_CASE(
    "convert: a layer inside another is written in words that both take, and hard_sigmoid inside is "
    "refused") {
  const auto timed = [](const std::string& inner) {
    return model_of("2, 4, 3",
                    R"({"class_name": "TimeDistributed", "name": "op", "config": {"name": "op", "layer": )" +
                        inner + R"(}, "inbound_nodes": [[["x", 0, 0, {}]]]})",
                    2);
  };
  CHECK(
      converted(timed(
          R"({"class_name": "MaxPooling1D", "config": {"name": "p", "pool_size": 2, "batch_input_shape": [null, 4, 3]}})")) ==
      "");
  CHECK(converted(timed(
            R"({"class_name": "Activation", "config": {"name": "a", "activation": "hard_sigmoid"}})")) ==
        "refused");
}

TEST_CASE("convert: a layer named '.', which is a group itself in HDF5") {
  for (const std::string name : {".", "..", "a/b"}) {
    const Model model = graph(R"({"class_name": "Sequential", "config": {"name": ".", "layers": [
        {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2, 2, 1]}},
        {"class_name": "Flatten", "config": {"name": ")" +
                              name + R"("}}]}})");
    CAPTURE(name);
    CHECK(converted(model) == "");
  }
}

}  // namespace nv::test
