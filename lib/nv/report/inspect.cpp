#include "nv/report/inspect.h"

#include <nlohmann/json.hpp>

#include "nv/core/interrupt.h"

namespace nv {

namespace {

Json ports_json(const Inspection& in, const std::vector<Port>& ports) {
  Json list = Json::array();
  for (const Port& p : ports) {
    const auto& shape = in.structure.nodes[static_cast<std::size_t>(p.value.node)].output;
    list.push_back({{"name", p.name},
                    {"layer", in.model.node(p.value).path},
                    {"shape", shape ? shape_json(*shape) : Json(nullptr)}});
  }
  return list;
}

Json weights_json(const LayerSpec& spec, const std::vector<WeightStatistics>* statistics) {
  Json list = Json::array();
  for (std::size_t i = 0; i < spec.weights.size(); ++i) {
    const Weight& w = spec.weights[i];
    Json json{{"name", w.name}, {"shape", shape_json(w.shape)}, {"dtype", w.dtype}};
    if (statistics != nullptr) {
      const auto& [values, bins] = (*statistics)[i];
      json["min"] = number(values.min);
      json["max"] = number(values.max);
      json["mean"] = number(values.mean);
      json["std"] = number(values.std);
      json["zeros"] = number(values.zeros);
      json["histogram"] = {{"min", number(bins.lo)}, {"max", number(bins.hi)}, {"counts", bins.counts}};
    }
    list.push_back(std::move(json));
  }
  return list;
}

Json layer_json(const Inspection& in, std::size_t i) {
  const Node& node = in.model.nodes[i];
  const LayerSpec& spec = in.model.layer_of(node);
  const NodeStructure& s = in.structure.nodes[i];
  const auto& layer = s.layer;
  Json json{{"index", i}, {"path", node.path}, {"name", spec.name}, {"kind", spec.kind}};
  json["inputs"] = Json::array();
  for (const Value& v : node.inputs) json["inputs"].push_back(in.model.node(v).path);
  json["input_shapes"] = Json::array();
  if (!node.inputs.empty())
    for (const Shape& shape : s.inputs) json["input_shapes"].push_back(shape_json(shape));
  json["output_shape"] = s.output ? shape_json(*s.output) : Json(nullptr);
  json["parameters"] = spec.parameters();
  json["trainable"] = spec.trainable;
  json["macs"] = s.macs ? Json(*s.macs) : Json(nullptr);
  json["receptive_field"] = nullptr;
  if (s.field)
    json["receptive_field"] = {
        {"size", s.field->size}, {"stride", s.field->stride}, {"start", s.field->start}};
  json["activation"] = nullptr;
  if (layer && !layer->activation().empty()) json["activation"] = std::string(layer->activation());
  json["supported"] = !s.unsupported;
  if (!s.problem.empty()) json["problem"] = s.problem;
  json["config"] = spec.config.json();
  const auto at = in.weights.find(node.layer);
  json["weights"] = weights_json(spec, at == in.weights.end() ? nullptr : &at->second);
  return json;
}

}  // namespace

Json inspection_json(const Inspection& in, const std::vector<bool>& nodes) {
  const Model& m = in.model;
  Json model{{"file", m.file},
             {"format", m.format},
             {"keras_version", m.keras_version.empty() ? Json(nullptr) : Json(m.keras_version)},
             {"name", m.name},
             {"kind", m.kind},
             {"layer_count", m.nodes.size()},
             {"parameters", m.parameters()},
             {"trainable_parameters", in.trainable_parameters()},
             {"macs", in.structure.macs_known() ? Json(in.structure.macs()) : Json(nullptr)}};
  model["inputs"] = ports_json(in, m.inputs);
  model["outputs"] = ports_json(in, m.outputs);
  model["notes"] = in.notes;
  Json layers = Json::array();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    check_interrupt();
    if (nodes[i]) layers.push_back(layer_json(in, i));
  }
  return {{"model", std::move(model)}, {"layers", std::move(layers)}};
}

}  // namespace nv
