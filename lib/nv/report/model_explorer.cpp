#include "nv/report/model_explorer.h"

#include <fmt/format.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

#include "nv/analysis/captions.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

namespace {

/// Lists of {"key", "value"}; every value is a string.
void add_entry(Json& list, const std::string& key, const std::string& value) {
  list.push_back({{"key", key}, {"value", value}});
}

std::string shape_text(const std::optional<Shape>& shape) {
  return shape ? shape->str() : "?";
}

/// A string as it is, other values as JSON.
std::string option_text(const Json& value) {
  return value.is_string() ? value.get<std::string>()
                           : value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json attributes(const Inspection& in, std::size_t i) {
  const LayerSpec& spec = in.model.layer_of(in.model.nodes[i]);
  const NodeStructure& s = in.structure.nodes[i];
  Json list = Json::array();
  add_entry(list, "kind", spec.kind);
  add_entry(list, "output shape", shape_text(s.output));
  add_entry(list, "parameters", fmt::format("{}", spec.parameters()));
  if (!spec.trainable) add_entry(list, "trainable", "false");
  add_entry(list, "multiply-adds", s.macs ? fmt::format("{}", *s.macs) : "?");
  if (s.field) add_entry(list, "receptive field", fmt::format("{} x {}", s.field->size[0], s.field->size[1]));
  if (!s.problem.empty()) add_entry(list, "problem", s.problem);
  for (const Weight& w : spec.weights) add_entry(list, "weight " + w.name, w.shape.str() + " " + w.dtype);
  for (const auto& [key, value] : spec.config.json().items()) add_entry(list, key, option_text(value));
  return list;
}

Json node_json(const Inspection& in, std::size_t i) {
  const Node& node = in.model.nodes[i];
  const LayerSpec& spec = in.model.layer_of(node);
  const std::size_t slash = spec.path.rfind('/');
  Json json{{"id", node.path},
            {"label", fmt::format("{} ({})", spec.name, spec.kind)},
            {"namespace", slash == std::string::npos ? "" : spec.path.substr(0, slash)}};
  json["attrs"] = attributes(in, i);
  json["incomingEdges"] = Json::array();
  for (std::size_t k = 0; k < node.inputs.size(); ++k)
    json["incomingEdges"].push_back({{"sourceNodeId", in.model.node(node.inputs[k]).path},
                                     {"sourceNodeOutputId", "0"},
                                     {"targetNodeInputId", fmt::format("{}", k)}});
  Json shape = Json::array();
  add_entry(shape, "shape", shape_text(in.structure.nodes[i].output));
  json["outputsMetadata"] = Json::array({{{"id", "0"}, {"attrs", std::move(shape)}}});
  return json;
}

/// Colours from white for the smallest value to blue for the largest.
Json node_data(const Inspection& in, const std::string& name,
               const std::function<std::optional<std::int64_t>(std::size_t)>& value_of) {
  Json results = Json::object();
  for (std::size_t i = 0; i < in.model.nodes.size(); ++i)
    if (const auto value = value_of(i)) results[in.model.nodes[i].path] = {{"value", *value}};
  return {{"schema", schema_id("model-explorer-data")},
          {"name", name},
          {"results", std::move(results)},
          {"gradient", Json::array({{{"stop", 0}, {"bgColor", "#ffffff"}, {"textColor", "#000000"}},
                                    {{"stop", 1}, {"bgColor", "#3b6fb6"}, {"textColor", "#ffffff"}}})}};
}

}  // namespace

Json explorer_graph(const Inspection& in) {
  Json nodes = Json::array();
  for (std::size_t i = 0; i < in.model.nodes.size(); ++i) {
    check_interrupt();
    nodes.push_back(node_json(in, i));
  }
  Json model{{"Keras", in.model.keras_version.empty() ? "?" : in.model.keras_version},
             {"parameters", thousands(in.model.parameters())},
             {"multiply-adds per input", macs_text(in.structure)}};
  Json graph{{"id", in.model.name.empty() ? "model" : in.model.name},
             {"nodes", std::move(nodes)},
             {"groupNodeAttributes", {{"", std::move(model)}}}};
  return {{"schema", schema_id("model-explorer")},
          {"label", model_title(in.model)},
          {"graphs", Json::array({std::move(graph)})}};
}

Json explorer_parameters(const Inspection& in) {
  std::set<int> seen;
  return node_data(in, "parameters", [&](std::size_t i) -> std::optional<std::int64_t> {
    const Node& node = in.model.nodes[i];
    if (!seen.insert(node.layer).second) return std::nullopt;
    return in.model.layer_of(node).parameters();
  });
}

Json explorer_macs(const Inspection& in) {
  return node_data(in, "multiply-adds",
                   [&](std::size_t i) -> std::optional<std::int64_t> { return in.structure.nodes[i].macs; });
}

}  // namespace nv
