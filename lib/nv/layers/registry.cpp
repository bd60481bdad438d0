#include "nv/layers/registry.h"

#include <map>
#include <nlohmann/json.hpp>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/layers/kinds.h"
#include "nv/layers/operations.h"

namespace nv {

namespace {

const std::map<std::string_view, LayerMaker>& makers() {
  static const auto table = [] {
    std::map<std::string_view, LayerMaker> makers;
    const auto add = [&](const std::vector<LayerKind>& of_file) {
      for (const LayerKind& kind : of_file) makers.emplace(kind.name, kind.make);
    };
#define NV_ADD_KINDS(file) add(file##_kinds());
    NV_LAYER_FILES(NV_ADD_KINDS)
#undef NV_ADD_KINDS
    return makers;
  }();
  return table;
}

/// Whether the class is not part of Keras. keras.applications registers its classes under "Custom", as user
/// code does.
bool is_custom(const LayerSpec& spec) {
  const bool of_applications = spec.kind == "CustomScaleLayer" || spec.kind == "LayerScale";
  return !spec.package.empty() && !(spec.package == "Custom" && of_applications);
}

/// The name of the policy by which a layer's weights are quantized ("int8_from_float32"), or "". `policy` is
/// a text, {class_name, config}, or a map of such by layer.
std::string quantization(const nlohmann::ordered_json& policy, int depth = 0) {
  if (depth > 8) return "";
  if (policy.is_string()) {
    const auto name = policy.get<std::string>();
    return name.find("_from_") != std::string::npos ? shortened(one_line(name), 40) : "";
  }
  if (!policy.is_object()) return "";
  if (policy.contains("mode") && policy.contains("source_name") && policy["mode"].is_string())
    return shortened(one_line(policy["mode"].get<std::string>()), 40);
  for (const auto& value : policy)
    if (std::string name = quantization(value, depth + 1); !name.empty()) return name;
  return "";
}

void refuse_quantized(const LayerSpec& spec) {
  const auto& config = spec.config.json();
  if (!config.is_object() || !config.contains("dtype")) return;
  if (const std::string name = quantization(config["dtype"]); !name.empty())
    throw Error(ErrorKind::unsupported,
                fmt::format("its weights are quantized ({}), which is not supported", name),
                "save the model as it was before quantize()");
}

/// Throws Error(unsupported), with the reason if it is known.
[[noreturn]] void refuse(const LayerSpec& spec) {
  const std::string kind = shortened(one_line(spec.kind), 60);
  if (spec.kind == "Lambda")
    throw Error(
        ErrorKind::unsupported, "a Lambda layer holds Python bytecode, which nv does not run",
        "replace it in Keras by layers that say what it does (Rescaling, Activation, ...) and save again");
  if (is_custom(spec))
    throw_unsupported("a custom class ('{}' of '{}'), whose code is not in the file", kind,
                      shortened(one_line(spec.package), 60));
  for (const char* recurrent : {"LSTM", "GRU", "SimpleRNN", "RNN", "ConvLSTM", "Bidirectional"})
    if (spec.kind.find(recurrent) != std::string::npos)
      throw_unsupported("recurrent layers are not supported");
  throw Error(ErrorKind::unsupported, fmt::format("layers of kind '{}' are not supported", kind),
              "nv inspect describes the model all the same");
}

LayerMaker maker_of(const LayerSpec& spec) {
  const auto at = makers().find(spec.kind);
  if (at == makers().end() || is_custom(spec)) refuse(spec);
  return at->second;
}

}  // namespace

std::unique_ptr<Layer> make_layer(const LayerSpec& spec, const Origin& origin, const Config& arguments,
                                  int output) {
  if (is_operation(spec, origin, arguments)) return make_operation(spec, origin, arguments, output);
  const LayerMaker maker = maker_of(spec);
  refuse_quantized(spec);
  LayerOptions options(spec, origin, arguments, output);
  auto layer = maker(options);
  options.finish();
  return layer;
}

std::unique_ptr<Layer> make_layer(const std::string& kind, Config config, const Origin& origin) {
  LayerSpec spec;
  spec.kind = kind;
  spec.config = std::move(config);
  return make_layer(spec, origin);
}

std::vector<std::string> relevant_options(const LayerSpec& spec, const Origin& origin,
                                          const Config& arguments) {
  if (is_operation(spec, origin, arguments)) return {};
  const LayerMaker maker = maker_of(spec);
  LayerOptions options(spec, origin, arguments);
  (void)maker(options);
  options.finish();
  return options.relevant();
}

std::vector<std::string> layer_kinds() {
  std::vector<std::string> kinds;
  for (const auto& maker : makers()) kinds.emplace_back(maker.first);
  return kinds;
}

}  // namespace nv
