#include "nv/report/model_difference.h"

#include <nlohmann/json.hpp>

namespace nv {

namespace {

Json weight_json(const WeightChange& w) {
  Json json{{"name", w.name},
            {"shape_a", w.shape_a ? shape_json(*w.shape_a) : Json(nullptr)},
            {"shape_b", w.shape_b ? shape_json(*w.shape_b) : Json(nullptr)}};
  if (w.changed > 0)
    json.update({{"changed", w.changed},
                 {"l2", number(w.l2)},
                 {"relative_l2", number(w.relative_l2)},
                 {"linf", number(w.linf)}});
  return json;
}

Json layer_json(const LayerChange& l) {
  Json json{{"path", l.path}, {"kind", l.kind}, {"status", name(l.status)}};
  if (!l.path_b.empty()) json["path_b"] = l.path_b;
  if (!l.kind_b.empty()) json["kind_b"] = l.kind_b;
  json["options"] = Json::array();
  for (const OptionChange& o : l.options)
    json["options"].push_back({{"name", o.name}, {"a", o.a}, {"b", o.b}});
  json["weights"] = Json::array();
  for (const WeightChange& w : l.weights) json["weights"].push_back(weight_json(w));
  return json;
}

}  // namespace

Json model_difference_json(const Model& a, const Model& b, std::span<const LayerChange> layers) {
  Json json{{"schema", schema_id("inspect-diff")}, {"a", {{"file", a.file}}}, {"b", {{"file", b.file}}}};
  json["layers"] = Json::array();
  for (const LayerChange& l : layers) json["layers"].push_back(layer_json(l));
  const LayerChangeCounts counts = count_changes(layers);
  json["summary"] = {{"same", counts.same},
                     {"changed", counts.changed},
                     {"added", counts.added},
                     {"removed", counts.removed}};
  return json;
}

}  // namespace nv
