#include "nv/keras/architecture.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/keras/graph/keras1.h"
#include "nv/keras/python_json.h"
#include "nv/keras/weights/weights.h"

namespace nv {

using Json = nlohmann::ordered_json;

namespace {

Json parse_json(std::string_view text, const std::string& what) {
  auto json = parse_python_json(text);
  if (!json) throw_input("{} is not JSON", what);
  return std::move(*json);
}

int major_version(const std::string& version, int fallback) {
  return !version.empty() && version[0] >= '1' && version[0] <= '9' ? version[0] - '0' : fallback;
}

void read_architecture(Json json, Architecture& into) {
  if (into.model.origin.keras_major == 1) convert_keras1_config(json);
  into.tree = read_graph(json, into.model);
}

/// Whether the file lists groups of weights by layer names at its root.
bool lists_layer_names(const WeightFile& h5) {
  return h5.has_attribute("/", "layer_names") || h5.has_attribute("/", "layer_names0");
}

}  // namespace

bool bind_any_weights(const std::shared_ptr<const WeightFile>& h5, Architecture& a) {
  if (h5->is_group("model_weights"))
    bind_legacy_weights(h5, "model_weights", a.tree, a.model);
  else if (lists_layer_names(*h5))
    bind_legacy_weights(h5, "", a.tree, a.model);
  else if (std::ranges::any_of(h5->members("/"), [](const std::string& m) {
             return m.starts_with("layers") || m.starts_with("_layer_checkpoint");
           }))
    bind_weights(h5, a.tree, a.model);
  else
    return false;
  reorder_kernels(a.model);
  return true;
}

Architecture read_h5_model(const std::shared_ptr<const WeightFile>& h5, bool with_weights) {
  const auto config = h5->text("/", "model_config");
  if (!config) {
    if (lists_layer_names(*h5) || h5->is_group("layers") || h5->is_group("_layer_checkpoint_dependencies"))
      throw Error(ErrorKind::input, "holds the weights of a Keras model, without its architecture",
                  fmt::format("give the architecture first: nv ... model.json --weights {}", h5->file()));
    throw Error(ErrorKind::input, "HDF5, but not a Keras model (no model_config)",
                "a Keras model file is written by model.save('model.h5') or model.save('model.keras')");
  }
  Architecture a;
  a.model.format = "h5";
  for (const char* object : {"/", "model_weights"}) {
    if (a.model.keras_version.empty() && h5->is_group(object))
      a.model.keras_version = one_line(h5->text(object, "keras_version").value_or(""));
    if (a.model.origin.backend.empty() && h5->is_group(object))
      a.model.origin.backend = one_line(h5->text(object, "backend").value_or(""));
  }
  a.model.origin.keras_major = major_version(a.model.keras_version, 2);
  read_architecture(parse_json(*config, "its model_config"), a);
  if (with_weights && !bind_any_weights(h5, a))
    a.missing = "holds the architecture of a Keras model, without its weights";
  return a;
}

Architecture read_keras3_texts(std::string_view config, const std::optional<std::string>& metadata) {
  Architecture a;
  a.model.format = "keras";
  if (metadata) {
    const Json json = parse_json(*metadata, "its metadata.json");
    if (json.is_object() && json.contains("keras_version") && json["keras_version"].is_string())
      a.model.keras_version = one_line(json["keras_version"].get<std::string>());
  }
  a.model.origin.keras_major = major_version(a.model.keras_version, 3);
  read_architecture(parse_json(config, "its config.json"), a);
  return a;
}

Architecture read_json_model(const std::string& json_text) {
  Architecture a;
  a.model.format = "json";
  Json json = parse_json(json_text, "it begins like JSON, but");
  // json.dump(model.to_json()) makes a JSON string of the JSON.
  if (json.is_string()) json = parse_json(json.get<std::string>(), "its text");
  const auto text = [&](const char* key) {
    return json.is_object() && json.contains(key) && json[key].is_string() ? json[key].get<std::string>()
                                                                           : "";
  };
  a.model.keras_version = one_line(text("keras_version"));
  a.model.origin.backend = one_line(text("backend"));
  a.model.origin.keras_major =
      major_version(a.model.keras_version, json.dump().find("\"batch_shape\"") != std::string::npos ? 3 : 2);
  read_architecture(json, a);
  return a;
}

}  // namespace nv
