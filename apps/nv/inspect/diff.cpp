#include "inspect/diff.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/model_difference.h"
#include "nv/core/text.h"
#include "nv/report/json.h"

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

std::string layer_text(const Console& console, const LayerChange& l) {
  const char mark = l.status == LayerStatus::added ? '+' : l.status == LayerStatus::removed ? '-' : '~';
  std::string text = console.bold(fmt::format("{} {} ({})", mark, one_line(l.path), one_line(l.kind)));
  if (!l.path_b.empty()) text += fmt::format(", in B {}", one_line(l.path_b));
  if (!l.kind_b.empty()) text += fmt::format(", in B a {}", one_line(l.kind_b));
  text += '\n';
  const auto said = [](const std::string& value) {
    return value.empty() ? std::string("(absent)") : shortened(one_line(value), 50);
  };
  for (const OptionChange& o : l.options)
    text += fmt::format("    {}: {} -> {}\n", one_line(o.name), said(o.a), said(o.b));
  for (const WeightChange& w : l.weights) {
    if (w.changed > 0)
      text += fmt::format("    {}: {} numbers of {} differ, relative L2 {:.3g}, largest {:.3g}\n",
                          one_line(w.name), thousands(w.changed), thousands(w.shape_a->elements()),
                          w.relative_l2, w.linf);
    else
      text += fmt::format("    {}: {} -> {}\n", one_line(w.name), w.shape_a ? w.shape_a->str() : "(absent)",
                          w.shape_b ? w.shape_b->str() : "(absent)");
  }
  return text;
}

}  // namespace

int show_difference(Console& console, const Model& a, const Model& b, bool json) {
  const std::vector<LayerChange> layers = model_difference(a, b);
  const auto count = [&](LayerStatus status) {
    return static_cast<std::int64_t>(std::ranges::count(layers, status, &LayerChange::status));
  };
  const std::int64_t same = count(LayerStatus::same), changed = count(LayerStatus::changed),
                     added = count(LayerStatus::added), removed = count(LayerStatus::removed);
  if (json) {
    Json out{{"schema", schema_id("inspect-diff")}, {"a", {{"file", a.file}}}, {"b", {{"file", b.file}}}};
    out["layers"] = Json::array();
    for (const LayerChange& l : layers) out["layers"].push_back(layer_json(l));
    out["summary"] = {{"same", same}, {"changed", changed}, {"added", added}, {"removed", removed}};
    console.result(document(out));
  } else {
    std::string text = fmt::format("--- {}\n+++ {}\n", one_line(a.file), one_line(b.file));
    for (const LayerChange& l : layers)
      if (l.status != LayerStatus::same) text += layer_text(console, l);
    text +=
        fmt::format("{} layers the same, {} changed, {} added, {} removed\n", same, changed, added, removed);
    console.result(text);
  }
  return changed + added + removed == 0 ? 0 : 1;
}

}  // namespace nv
