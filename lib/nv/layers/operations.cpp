#include "nv/layers/operations.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"

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
        {"BatchFlatten", {{"x"}, make_batch_flatten}},
        {"Cast", {{"x", "dtype"}, make_cast_operation}},
        {"Clip", {{"x", "x_min", "x_max"}, make_clip_operation}},
        {"AddN", {{"xs"}, make_add_n}},
        {"Concatenate", {{"xs", "axis"}, make_concatenate_operation}},
        {"Dot", {{"x1", "x2"}, make_dot_operation}},
        {"ExpandDims", {{"x", "axis"}, make_expand_dims}},
        {"Flip", {{"x", "axis"}, make_flip}},
        {"GetItem", {{"x", "key"}, make_get_item}},
        {"Glu", {{"x"}, make_glu_operation}},
        {"LogSoftmax", {{"x", "axis"}, make_softmax_operation}},
        {"Matmul", {{"x1", "x2"}, make_matmul}},
        {"Moveaxis", {{"x", "source", "destination"}, make_moveaxis}},
        {"Normalize", {{"x", "axis"}, make_normalize_operation}},
        {"Pad", {{"x", "pad_width"}, make_pad}},
        {"Repeat", {{"x", "repeats", "axis"}, make_repeat}},
        {"Reshape", {{"x", "newshape"}, make_reshape_operation}},
        {"Softmax", {{"x", "axis"}, make_softmax_operation}},
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

/// A function of TensorFlow as an operation: the name of its first argument, and those of others where they
/// differ.
struct Translation {
  std::string_view operation, first;
  std::map<std::string_view, std::string_view> names;
};

const std::map<std::string_view, Translation>& translations() {
  static const auto table = [] {
    const std::map<std::string_view, std::string_view> y{{"y", "x2"}};
    std::map<std::string_view, Translation> t = {
        {"add", {"Add", "x1", y}},
        {"cast", {"Cast", "x", {}}},
        {"clip_by_value", {"Clip", "x", {{"clip_value_min", "x_min"}, {"clip_value_max", "x_max"}}}},
        {"compat.v1.math.scalar_mul", {"Multiply", "x1", {{"x", "x2"}}}},
        {"compat.v1.norm", {"Norm", "x", {{"keep_dims", "keepdims"}}}},
        {"compat.v1.pad", {"Pad", "x", {{"paddings", "pad_width"}}}},
        {"compat.v1.squeeze", {"Squeeze", "x", {}}},
        {"compat.v1.transpose", {"Transpose", "x", {{"perm", "axes"}}}},
        {"concat", {"Concatenate", "xs", {}}},
        {"expand_dims", {"ExpandDims", "x", {}}},
        {"identity", {"Copy", "x", {}}},
        {"keras.backend.batch_flatten", {"BatchFlatten", "x", {}}},
        {"linalg.matmul", {"Matmul", "x1", {{"b", "x2"}}}},
        {"math.add_n", {"AddN", "xs", {}}},
        {"math.l2_normalize", {"Normalize", "x", {}}},
        {"nn.bias_add", {"Add", "x1", {{"bias", "x2"}}}},
        {"nn.leaky_relu", {"LeakyRelu", "x", {{"alpha", "negative_slope"}}}},
        {"norm", {"Norm", "x", {}}},
        {"pad", {"Pad", "x", {{"paddings", "pad_width"}}}},
        {"repeat", {"Repeat", "x", {}}},
        {"reshape", {"Reshape", "x", {{"shape", "newshape"}}}},
        {"reverse", {"Flip", "x", {}}},
        {"split", {"Split", "x", {}}},
        {"squeeze", {"Squeeze", "x", {}}},
        {"stack", {"Stack", "xs", {}}},
        {"stop_gradient", {"StopGradient", "x", {}}},
        {"tile", {"Tile", "x", {{"multiples", "repeats"}}}},
        {"transpose", {"Transpose", "x", {{"perm", "axes"}}}},
        {"unstack", {"Unstack", "x", {}}},
        {"__operators__.add", {"Add", "x1", y}},
        {"__operators__.getitem", {"GetItem", "x", {{"slice_spec", "key"}}}},
    };
    for (const auto& [function, operation] : std::initializer_list<std::pair<const char*, const char*>>{
             {"math.add", "Add"},
             {"math.subtract", "Subtract"},
             {"math.multiply", "Multiply"},
             {"math.divide", "Divide"},
             {"math.truediv", "TrueDivide"},
             {"math.divide_no_nan", "DivideNoNan"},
             {"compat.v1.floor_div", "FloorDivide"},
             {"math.floordiv", "FloorDivide"},
             {"math.floormod", "Mod"},
             {"math.pow", "Power"},
             {"math.maximum", "Maximum"},
             {"math.minimum", "Minimum"},
             {"math.squared_difference", "SquaredDifference"},
             {"__operators__.sub", "Subtract"},
             {"__operators__.mul", "Multiply"},
             {"__operators__.truediv", "TrueDivide"}})
      t[function] = {operation, "x1", y};
    for (const auto& [function, operation] :
         std::initializer_list<std::pair<const char*, const char*>>{{"math.abs", "Abs"},
                                                                    {"math.acos", "Arccos"},
                                                                    {"math.acosh", "Arccosh"},
                                                                    {"math.asin", "Arcsin"},
                                                                    {"math.asinh", "Arcsinh"},
                                                                    {"math.atanh", "Arctanh"},
                                                                    {"math.atan", "Arctan"},
                                                                    {"math.ceil", "Ceil"},
                                                                    {"math.cos", "Cos"},
                                                                    {"math.cosh", "Cosh"},
                                                                    {"math.erf", "Erf"},
                                                                    {"math.exp", "Exp"},
                                                                    {"math.expm1", "Expm1"},
                                                                    {"math.floor", "Floor"},
                                                                    {"math.log", "Log"},
                                                                    {"math.log1p", "Log1p"},
                                                                    {"math.log_sigmoid", "LogSigmoid"},
                                                                    {"math.negative", "Negative"},
                                                                    {"math.reciprocal", "Reciprocal"},
                                                                    {"math.round", "Round"},
                                                                    {"math.rsqrt", "Rsqrt"},
                                                                    {"math.sigmoid", "Sigmoid"},
                                                                    {"math.sign", "Sign"},
                                                                    {"math.sin", "Sin"},
                                                                    {"math.sinh", "Sinh"},
                                                                    {"math.softplus", "Softplus"},
                                                                    {"math.softsign", "Softsign"},
                                                                    {"math.sqrt", "Sqrt"},
                                                                    {"math.square", "Square"},
                                                                    {"math.tan", "Tan"},
                                                                    {"math.tanh", "Tanh"},
                                                                    {"nn.elu", "Elu"},
                                                                    {"nn.gelu", "Gelu"},
                                                                    {"nn.relu", "Relu"},
                                                                    {"nn.relu6", "Relu6"},
                                                                    {"nn.selu", "Selu"},
                                                                    {"nn.sigmoid", "Sigmoid"},
                                                                    {"nn.silu", "Silu"},
                                                                    {"nn.softplus", "Softplus"},
                                                                    {"nn.softsign", "Softsign"},
                                                                    {"nn.tanh", "Tanh"},
                                                                    {"nn.softmax", "Softmax"},
                                                                    {"nn.log_softmax", "LogSoftmax"},
                                                                    {"math.softmax", "Softmax"},
                                                                    {"math.reduce_logsumexp", "Logsumexp"},
                                                                    {"math.reduce_max", "Max"},
                                                                    {"math.reduce_mean", "Mean"},
                                                                    {"math.reduce_min", "Min"},
                                                                    {"math.reduce_prod", "Prod"},
                                                                    {"math.reduce_std", "Std"},
                                                                    {"math.reduce_sum", "Sum"},
                                                                    {"math.reduce_variance", "Var"}})
      t[function] = {operation, "x", {}};
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

/// The parts of tf.split, which says their sizes, as Keras 3 says where they begin.
Json beginnings(const Json& sizes) {
  if (!sizes.is_array()) return sizes;
  Json result = Json::array();
  std::int64_t sum = 0;
  for (std::size_t i = 0; i + 1 < sizes.size(); ++i) {
    if (!sizes[i].is_number_unsigned() || sizes[i].get<std::uint64_t>() >> 31 != 0)
      throw_unsupported("a split into parts of other sizes than numbers is not supported");
    result.push_back(sum += sizes[i].get<std::int64_t>());
  }
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
    const auto at = translations().find(function);
    if (at == translations().end())
      throw_unsupported("the operation tf.{} is not supported", shortened(one_line(function), 60));
    translation = &at->second;
    name = translation->operation;
  }
  LayerSpec result = merged(spec, operations().at(name), translation, arguments);
  if (const Json& config = result.config.json(); config.contains("num_or_size_splits")) {
    Json split = config;
    split["indices_or_sections"] = beginnings(config["num_or_size_splits"]);
    split.erase("num_or_size_splits");
    result.config = Config(std::move(split));
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
  if (operation == "Norm") return "keras.src.ops.linalg";
  const Maker make = operations().at(operation).make;
  const bool neural = make == make_activation_operation || make == make_softmax_operation ||
                      make == make_glu_operation || make == make_normalize_operation;
  return neural ? "keras.src.ops.nn" : "keras.src.ops.numpy";
}

/// An index of tf.keras in the words of Keras 3: {"start", "stop", "step"} is a __slice__ there.
Json keras3_index(const Json& index) {
  if (index.is_object() && index.contains("start"))
    return Json{{"class_name", "__slice__"}, {"config", index}};
  if (index.is_string()) return Json{{"class_name", "__ellipsis__"}, {"config", Json::object()}};
  if (!index.is_array()) return index;
  Json result = Json::array();
  for (const Json& entry : index) result.push_back(keras3_index(entry));
  return result;
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

PortableOperation portable_operation(const LayerSpec& spec, const Config& arguments) {
  const LayerSpec r = resolve(spec, arguments);
  PortableOperation portable{r.kind, module_of(r.kind), {}, {}};
  Json options = Json::object(), args = Json::array(), kwargs = Json::object();
  for (const auto& [key, value] : r.config.json().items())
    if (!is_called_with(key)) options[key] = value;
  for (std::string_view name : operations().at(r.kind).arguments)
    if (const auto at = r.config.json().find(name); is_called_with(name) && at != r.config.json().end())
      args.push_back(name == "key" && of_tensorflow(spec) ? keras3_index(*at) : *at);
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
