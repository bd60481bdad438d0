#include "nv/layers/operations.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/operations/operation_kinds.h"
#include "nv/layers/operations/tensorflow_functions.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

const std::map<std::string_view, OperationKind>& operation_kinds() {
  static const auto table = [] {
    std::map<std::string_view, OperationKind> kinds;
    const auto add = [&](const std::vector<OperationKind>& of_file) {
      for (const OperationKind& kind : of_file) kinds.emplace(kind.name, kind);
    };
#define NV_ADD_OPERATIONS(file) add(file##_operations());
    NV_OPERATION_FILES(NV_ADD_OPERATIONS)
#undef NV_ADD_OPERATIONS
    return kinds;
  }();
  return table;
}

bool of_tensorflow(const LayerSpec& spec) {
  return spec.kind == "TFOpLambda" || spec.kind == "SlicingOpLambda";
}

/// Whether a class name that layers and operations share means the operation here. A file without modules
/// (.h5) shows it by the arguments of the call and by the options.
bool operation_of_shared_name(const LayerSpec& spec, const Json& args) {
  if (!args.is_array() || args.empty()) return false;
  if (spec.kind == "Reshape") return spec.config.json().contains("newshape");
  // The only difference: every layer has this key.
  if (spec.kind == "Concatenate" || spec.kind == "Softmax") return !spec.config.json().contains("trainable");
  return args.size() > 1 || !args[0].is_array();  // merge layers take one list
}

bool shares_its_name(const std::string& kind) {
  for (const char* shared : {"Add", "Subtract", "Multiply", "Maximum", "Minimum", "Concatenate", "Reshape",
                             "Softmax", "Average", "Dot"})
    if (kind == shared) return true;
  return false;
}

/// The operation with its options and arguments, under their names in Keras 3, as its configuration.
LayerSpec merged(const LayerSpec& spec, const OperationKind& operation, const Translation* translation,
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

/// The same with the operation's class in Keras 3 as its kind, translated from TensorFlow if necessary.
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
  LayerSpec result = merged(spec, operation_kinds().at(name), translation, arguments);
  if (translation != nullptr && translation->rewrite != nullptr) {
    Json config = result.config.json();
    translation->rewrite(config);
    result.config = Config(std::move(config));
  }
  result.kind = name;
  return result;
}

/// Whether the value belongs to the call of an operation, and not to its constructor.
bool is_called_with(std::string_view argument) {
  for (std::string_view name : {"x", "x1", "x2", "xs", "key"})
    if (argument == name) return true;
  return false;
}

/// Whether an entry of an index is "...", as the versions of Keras and tf.keras write it.
bool is_ellipsis(const Json& index) {
  return index.is_string() || (index.is_object() && index.value("class_name", Json()) == "__ellipsis__");
}

Json keras3_slice(const Json& fields) {
  return Json{{"class_name", "__slice__"}, {"config", fields}};
}

/// The index of an input of `rank` axes as Keras 3 writes it: a list of numbers, null and __slice__. "..." is
/// replaced by whole slices, since Keras 3 does not read its own "..." from .h5 files.
Json keras3_index(const Json& index, int rank) {
  Json result = Json::array();
  const Json entries = index.is_array() ? index : Json::array({index});
  const auto consuming =
      std::ranges::count_if(entries, [](const Json& e) { return !e.is_null() && !is_ellipsis(e); });
  for (const Json& entry : entries) {
    if (is_ellipsis(entry))
      for (auto axis = consuming; axis < rank; ++axis)
        result.push_back(keras3_slice({{"start", nullptr}, {"stop", nullptr}, {"step", nullptr}}));
    else if (entry.is_object() && entry.contains("start"))
      result.push_back(keras3_slice(entry));
    else
      result.push_back(entry);
  }
  return result;
}

/// A constant operand: Keras 3 reads a list of numbers as a tensor only if it is marked as one.
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
  if (!operation_kinds().contains(spec.kind)) return false;
  return !shares_its_name(spec.kind) ||
         operation_of_shared_name(spec, arguments.json().value("args", Json()));
}

std::unique_ptr<Layer> make_operation(const LayerSpec& spec, const Origin& origin, const Config& arguments,
                                      int output) {
  const LayerSpec r = resolve(spec, arguments);
  const OperationKind& kind = operation_kinds().at(r.kind);
  LayerOptions options(r, origin, {}, output);
  if (kind.arguments.front() == "x") options.ignore({"x"});  // the only input
  auto layer = kind.make(options);
  options.finish();
  return layer;
}

PortableOperation portable_operation(const LayerSpec& spec, const Config& arguments,
                                     std::span<const Shape> inputs) {
  const LayerSpec r = resolve(spec, arguments);
  const OperationKind& kind = operation_kinds().at(r.kind);
  PortableOperation portable;
  portable.kind = r.kind;
  if (!kind.module.empty()) portable.module = fmt::format("keras.src.ops.{}", kind.module);
  Json options = Json::object(), args = Json::array(), kwargs = Json::object();
  for (const auto& [key, value] : r.config.json().items())
    if (!is_called_with(key) && !(value.is_null() && of_tensorflow(spec))) options[key] = value;
  for (std::string_view name : kind.arguments)
    if (const auto at = r.config.json().find(name); is_called_with(name) && at != r.config.json().end())
      args.push_back(name == "key" && !inputs.empty() ? keras3_index(*at, inputs[0].rank() + 1)
                                                      : keras3_operand(*at));
  if (const auto at = options.find("constant_values"); at != options.end()) {
    kwargs["constant_values"] = *at;
    options.erase("constant_values");
  }
  // The only option whose default differs in TensorFlow.
  if (of_tensorflow(spec) && portable.kind == "Gelu" && !options.contains("approximate"))
    options["approximate"] = false;
  portable.options = Config(std::move(options));
  portable.arguments = Config(Json{{"args", std::move(args)}, {"kwargs", std::move(kwargs)}});
  return portable;
}

}  // namespace nv
