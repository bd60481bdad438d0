#include "nv/report/difference.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace nv {

Json layer_differences_json(std::span<const LayerDifference> layers, std::size_t top) {
  Json list = Json::array();
  for (const LayerDifference& l : layers) {
    const Difference& d = l.values;
    Json json{{"index", l.index}, {"path", l.path}};
    if (!l.path_b.empty()) json["path_b"] = l.path_b;
    json.update({{"kind", l.kind},
                 {"shape", shape_json(l.shape)},
                 {"l2", number(d.l2)},
                 {"relative_l2", number(d.relative_l2)},
                 {"linf", number(d.linf)},
                 {"mean_abs", number(d.mean_abs)},
                 {"cosine", number(d.cosine)},
                 {"pearson", number(d.pearson)},
                 {"ssim", d.ssim ? number(*d.ssim) : Json(nullptr)},
                 {"range", number(d.range)},
                 {"changed_share", number(d.changed_share)}});
    if (l.own_relative_l2) json["own_relative_l2"] = number(*l.own_relative_l2);
    json["top_channels"] = Json::array();
    for (std::size_t c = 0; c < std::min(top, d.channels.size()) && d.channels[c].l2 != 0; ++c)
      json["top_channels"].push_back({{"channel", d.channels[c].channel}, {"l2", number(d.channels[c].l2)}});
    if (!l.file.empty()) json["file"] = l.file;
    list.push_back(std::move(json));
  }
  return list;
}

Json cka_json(const CkaResult& cka) {
  Json json{{"inputs", cka.inputs}, {"of", cka.of}, {"layers", Json::array()}};
  for (const LayerSimilarity& l : cka.layers) {
    Json layer{{"index", l.index}, {"path", l.path}};
    if (!l.path_b.empty()) layer["path_b"] = l.path_b;
    layer.update({{"kind", l.kind},
                  {"shape", shape_json(l.shape)},
                  {"cka", number(l.cka)},
                  {"debiased", number(l.debiased)},
                  {"chance", number(l.chance)}});
    json["layers"].push_back(std::move(layer));
  }
  return json;
}

Json cka_columns(const CkaResult& cka, const std::string& path) {
  const auto at = std::ranges::find(cka.layers, path, &LayerSimilarity::path);
  if (at == cka.layers.end()) return Json::object();
  return {
      {"cka", number(at->cka)}, {"cka_debiased", number(at->debiased)}, {"cka_chance", number(at->chance)}};
}

}  // namespace nv
