#include "nv/layers/operations.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/operations/tensorflow_functions.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

using Maker = std::unique_ptr<Layer> (*)(Options&);

/// An operation of Keras 3, with the names of its call's arguments.
struct Operation {
  std::vector<std::string_view> arguments;
  Maker make;
};

const std::map<std::string_view, Operation>& operations() {
  static const auto table = [] {
    std::map<std::string_view, Operation> t = {
        {"AveragePool",
         {{"x", "pool_size", "strides", "padding", "data_format"}, make_average_pool_operation}},
        {"BatchFlatten", {{"x"}, make_batch_flatten}},
        {"Cast", {{"x", "dtype"}, make_cast_operation}},
        {"Clip", {{"x", "x_min", "x_max"}, make_clip_operation}},
        {"AddN", {{"xs"}, make_add_n}},
        {"Concatenate", {{"xs", "axis"}, make_concatenate_operation}},
        {"DepthToSpace", {{"x", "block_size", "data_format"}, make_depth_to_space}},
        {"Dot", {{"x1", "x2"}, make_dot_operation}},
        {"ExpandDims", {{"x", "axis"}, make_expand_dims}},
        {"Flip", {{"x", "axis"}, make_flip}},
        {"GetItem", {{"x", "key"}, make_get_item}},
        {"Glu", {{"x"}, make_glu_operation}},
        {"LogSoftmax", {{"x", "axis"}, make_softmax_operation}},
        {"Matmul", {{"x1", "x2"}, make_matmul}},
        {"MaxPool", {{"x", "pool_size", "strides", "padding", "data_format"}, make_max_pool_operation}},
        {"Moveaxis", {{"x", "source", "destination"}, make_moveaxis}},
        {"Normalize", {{"x", "axis"}, make_normalize_operation}},
        {"Pad", {{"x", "pad_width"}, make_pad}},
        {"RGBToGrayscale", {{"x", "data_format"}, make_rgb_to_grayscale}},
        {"Repeat", {{"x", "repeats", "axis"}, make_repeat}},
        {"Reshape", {{"x", "newshape"}, make_reshape_operation}},
        {"Resize", {{"x", "size"}, make_resize_operation}},
        {"Softmax", {{"x", "axis"}, make_softmax_operation}},
        {"SpaceToDepth", {{"x", "block_size", "data_format"}, make_space_to_depth}},
        {"Sparsemax", {{"x", "axis"}, make_softmax_operation}},
        {"Split", {{"x", "indices_or_sections", "axis"}, make_split}},
        {"Squeeze", {{"x", "axis"}, make_squeeze}},
        {"Stack", {{"xs", "axis"}, make_stack}},
        {"Swapaxes", {{"x", "axis1", "axis2"}, make_swapaxes}},
        {"Tile", {{"x", "repeats"}, make_tile}},
        {"Transpose", {{"x", "axes"}, make_transpose}},
        {"Unstack", {{"x", "num", "axis"}, make_unstack}},
    };
    for (const char* name : {"Add", "Subtract", "Multiply", "Divide", "TrueDivide", "DivideNoNan",
                             "FloorDivide", "Mod", "Power", "Maximum", "Minimum", "SquaredDifference"})
      t[name] = {{"x1", "x2"}, make_binary_operation};
    for (const char* name :
         {"Abs",  "Absolute", "Arccos", "Arccosh", "Arcsin",   "Arcsinh",      "Arctan", "Arctanh",
          "Ceil", "Copy",     "Cos",    "Cosh",    "Erf",      "Exp",          "Expm1",  "Floor",
          "Log",  "Log10",    "Log1p",  "Log2",    "Negative", "Reciprocal",   "Round",  "Rsqrt",
          "Sign", "Sin",      "Sinh",   "Sqrt",    "Square",   "StopGradient", "Tan"})
      t[name] = {{"x"}, make_elementwise_operation};
    for (const char* name :
         {"Celu",          "Elu",        "Gelu",       "HardShrink", "HardSigmoid", "HardSilu",
          "HardTanh",      "LeakyRelu",  "LogSigmoid", "Relu",       "Relu6",       "Selu",
          "Sigmoid",       "Silu",       "SoftShrink", "Softplus",   "Softsign",    "SparsePlus",
          "SparseSigmoid", "Squareplus", "Tanh",       "TanhShrink", "Threshold"})
      t[name] = {{"x"}, make_activation_operation};
    for (const char* name :
         {"Amax", "Amin", "Average", "Logsumexp", "Max", "Mean", "Min", "Norm", "Prod", "Std", "Sum", "Var"})
      t[name] = {{"x", "axis", "keepdims"}, make_reduction};
    return t;
  }();
  return table;
}

bool of_tensorflow(const LayerSpec& spec) {
  return spec.kind == "TFOpLambda" || spec.kind == "SlicingOpLambda";
}

/// Whether a class that both layers and operations have is the operation here. A file without modules (.h5)
/// tells by how it is called and by its options.
bool operation_of_shared_name(const LayerSpec& spec, const Json& args) {
  if (!args.is_array() || args.empty()) return false;
  if (spec.kind == "Reshape") return spec.config.json().contains("newshape");
  // These differ in nothing but that every layer has this key.
  if (spec.kind == "Concatenate" || spec.kind == "Softmax") return !spec.config.json().contains("trainable");
  return args.size() > 1 || !args[0].is_array();  // the layers that merge take one list
}

bool shares_its_name(const std::string& kind) {
  for (const char* shared : {"Add", "Subtract", "Multiply", "Maximum", "Minimum", "Concatenate", "Reshape",
                             "Softmax", "Average", "Dot"})
    if (kind == shared) return true;
  return false;
}

/// Options and arguments of an operation under the names of Keras 3, as if they were a layer's configuration.
LayerSpec merged(const LayerSpec& spec, const Operation& operation, const Translation* translation,
                 const Config& arguments) {
  const Json& call = arguments.json();
  Json config = Json::object();
  if (spec.config.json().is_object())
    for (const auto& [key, value] : spec.config.json().items())
      if (translation == nullptr && key != "name") config[key] = value;
  const Json args = call.value("args", Json::array()), kwargs = call.value("kwargs", Json::object());
  for (std::size_t i = 0; i < args.size(); ++i) {
    if (translation != nullptr ? i > 0 : i >= operation.arguments.size())
      throw_unsupported("argument {} of its call is not supported", i + 1);
    config[std::string(translation != nullptr ? translation->first : operation.arguments[i])] = args[i];
  }
  for (const auto& [key, value] : kwargs.items()) {
    if (value.is_null() && config.contains(key)) continue;
    if (translation == nullptr) {
      config[key] = value;
    } else {
      const auto at = translation->names.find(key);
      config[at == translation->names.end() ? key : std::string(at->second)] = value;
    }
  }
  LayerSpec result = spec;
  result.config = Config(std::move(config));
  return result;
}

/// The operation's class in Keras 3 as the kind, its options and arguments as the configuration.
LayerSpec resolve(const LayerSpec& spec, const Config& arguments) {
  std::string name = spec.kind;
  const Translation* translation = nullptr;
  if (of_tensorflow(spec)) {
    const Json& config = spec.config.json();
    const std::string fallback = spec.kind == "SlicingOpLambda" ? "__operators__.getitem" : "";
    const std::string function =
        config.is_object() && config.contains("function") && config["function"].is_string()
            ? config["function"].get<std::string>()
            : fallback;
    translation = translation_of(function);
    if (translation == nullptr)
      throw_unsupported("the operation tf.{} is not supported", shortened(one_line(function), 60));
    name = translation->operation;
  }
  LayerSpec result = merged(spec, operations().at(name), translation, arguments);
  if (translation != nullptr && translation->rewrite != nullptr) {
    Json config = result.config.json();
    translation->rewrite(config);
    result.config = Config(std::move(config));
  }
  result.kind = name;
  return result;
}

/// Whether an operation takes the value when it is called, rather than when it is made.
bool is_called_with(std::string_view argument) {
  for (std::string_view name : {"x", "x1", "x2", "xs", "key"})
    if (argument == name) return true;
  return false;
}

std::string module_of(const std::string& operation) {
  for (const char* absent : {"AddN", "BatchFlatten", "SquaredDifference"})
    if (operation == absent) return "";
  for (const char* core : {"Cast", "StopGradient", "Unstack"})
    if (operation == core) return "keras.src.ops.core";
  for (const char* math : {"Erf", "Logsumexp", "Rsqrt"})
    if (operation == math) return "keras.src.ops.math";
  for (const char* nn : {"AveragePool", "DepthToSpace", "MaxPool", "SpaceToDepth"})
    if (operation == nn) return "keras.src.ops.nn";
  for (const char* image : {"RGBToGrayscale", "Resize"})
    if (operation == image) return "keras.src.ops.image";
  if (operation == "Norm") return "keras.src.ops.linalg";
  const Maker make = operations().at(operation).make;
  const bool neural = make == make_activation_operation || make == make_softmax_operation ||
                      make == make_glu_operation || make == make_normalize_operation;
  return neural ? "keras.src.ops.nn" : "keras.src.ops.numpy";
}

/// "..." of an index, as versions of Keras and tf.keras have written it.
bool is_ellipsis(const Json& index) {
  return index.is_string() || (index.is_object() && index.value("class_name", "") == "__ellipsis__");
}

Json keras3_slice(const Json& fields) {
  return Json{{"class_name", "__slice__"}, {"config", fields}};
}

/// The index of an input of `rank` axes as Keras 3 writes it: a list of numbers, null and __slice__. "..." is
/// written out, since Keras 3 does not read its own from .h5 files.
Json keras3_index(const Json& index, int rank) {
  Json result = Json::array();
  const Json entries = index.is_array() ? index : Json::array({index});
  const auto taking =
      std::ranges::count_if(entries, [](const Json& e) { return !e.is_null() && !is_ellipsis(e); });
  for (const Json& entry : entries) {
    if (is_ellipsis(entry))
      for (auto axis = taking; axis < rank; ++axis)
        result.push_back(keras3_slice({{"start", nullptr}, {"stop", nullptr}, {"step", nullptr}}));
    else if (entry.is_object() && entry.contains("start"))
      result.push_back(keras3_slice(entry));
    else
      result.push_back(entry);
  }
  return result;
}

/// A list of numbers is no tensor to Keras 3 until it is said to be one.
Json keras3_operand(const Json& value) {
  if (!value.is_array() || value.empty()) return value;
  const Json* first = &value;
  while (first->is_array() && !first->empty()) first = &(*first)[0];
  if (!first->is_number()) return value;
  return Json{{"class_name", "__tensor__"}, {"config", {{"value", value}, {"dtype", "float32"}}}};
}

}  // namespace

bool is_operation(const LayerSpec& spec, const Origin& origin, const Config& arguments) {
  if (of_tensorflow(spec)) return true;
  if (origin.keras_major < 3 || !spec.package.empty()) return false;
  if (!operations().contains(spec.kind)) return false;
  return !shares_its_name(spec.kind) ||
         operation_of_shared_name(spec, arguments.json().value("args", Json()));
}

std::unique_ptr<Layer> make_operation(const LayerSpec& spec, const Origin& origin, const Config& arguments,
                                      int output) {
  const LayerSpec r = resolve(spec, arguments);
  Options options(r, origin, {}, output);
  auto layer = operations().at(r.kind).make(options);
  options.finish();
  return layer;
}

PortableOperation portable_operation(const LayerSpec& spec, const Config& arguments,
                                     std::span<const Shape> inputs) {
  const LayerSpec r = resolve(spec, arguments);
  PortableOperation portable{r.kind, module_of(r.kind), {}, {}};
  Json options = Json::object(), args = Json::array(), kwargs = Json::object();
  for (const auto& [key, value] : r.config.json().items())
    if (!is_called_with(key) && !(value.is_null() && of_tensorflow(spec))) options[key] = value;
  for (std::string_view name : operations().at(r.kind).arguments)
    if (const auto at = r.config.json().find(name); is_called_with(name) && at != r.config.json().end())
      args.push_back(name == "key" && !inputs.empty() ? keras3_index(*at, inputs[0].rank() + 1)
                                                      : keras3_operand(*at));
  if (const auto at = options.find("constant_values"); at != options.end()) {
    kwargs["constant_values"] = *at;
    options.erase("constant_values");
  }
  // The one option whose absence means something else to TensorFlow.
  if (of_tensorflow(spec) && portable.kind == "Gelu" && !options.contains("approximate"))
    options["approximate"] = false;
  portable.options = Config(std::move(options));
  portable.arguments = Config(Json{{"args", std::move(args)}, {"kwargs", std::move(kwargs)}});
  return portable;
}

}  // namespace nv
