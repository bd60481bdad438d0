#include "nv/report/rank.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "nv/report/json_object.h"
#include "nv/report/run.h"

namespace nv {

namespace {

/// {"gini": value(0), ...}: a value per metric.
template <typename Value>
Json by_metric(const rank::Ranking& ranking, const Value& value) {
  const auto metrics = ranking.metrics();
  JsonObject json(metrics.size());
  for (std::size_t m = 0; m < metrics.size(); ++m) json.add(std::string(metrics[m]->name).c_str(), value(m));
  return json.take();
}

}  // namespace

Json rank_setup_json(std::span<const rank::Metric* const> metrics, bool of_set, const rank::Setup& setup) {
  const auto any = [&](rank::Group group) {
    return std::ranges::any_of(metrics, [&](const rank::Metric* m) { return m->group == group; });
  };
  const Model& model = setup.engine.model();
  Json json = Json::object();
  if (setup.profile) json["profile"] = profile_json(*setup.profile);
  if (any(rank::Group::coverage) || of_set) {
    json["layers"] = Json::array();
    for (std::size_t n = 0; n < setup.layers.size(); ++n)
      if (setup.layers[n]) json["layers"].push_back(model.nodes[n].path);
  }
  if ((any(rank::Group::distance) || any(rank::Group::similarity)) && setup.layer)
    json["layer"] = model.nodes[*setup.layer].path;
  Json settings = Json::object();
  for (const rank::SettingName& s : rank::setting_names())
    if (std::ranges::any_of(metrics, [&](const rank::Metric* m) {
          return std::ranges::find(s.metrics, m->name) != s.metrics.end();
        }))
      settings[std::string(s.name)] = number(s.get(setup.settings));
  if (!settings.empty()) json["settings"] = settings;
  return json;
}

Json profile_json(const rank::Profile& profile) {
  Json json{{"file", profile.file}, {"inputs", profile.inputs}, {"ranges", Json::array()}};
  for (const rank::UnitRanges& ranges : profile.ranges)
    json["ranges"].push_back({{"path", ranges.path}, {"units", ranges.min.size()}});
  json["activations"] = profile.activations ? Json(profile.activations->path) : Json(nullptr);
  json["moments"] = profile.moments ? Json(profile.moments->path) : Json(nullptr);
  return json;
}

Json ranked_input_json(const rank::Ranking& ranking, std::size_t input, bool ranked) {
  const rank::RankedInput& r = ranking.inputs()[input];
  JsonObject json(10);
  json.add("id", r.id).add("file", r.file).add("status", "ok");
  if (ranked) json.add("rank", ranking.rank(0, input));
  json.add("preprocess", r.preprocess).add("prediction", prediction_json(r.prediction));
  json.add("scores", by_metric(ranking, [&](std::size_t m) { return number(ranking.score(m, input)); }));
  if (ranked && ranking.metrics().size() > 1)
    json.add("ranks", by_metric(ranking, [&](std::size_t m) { return Json(ranking.rank(m, input)); }));
  if (r.truth) json.add("truth", *r.truth).add("correct", !rank::is_wrong(r.prediction, *r.truth));
  if (r.in_two_models) {
    Json b{{"prediction", prediction_json(r.prediction_b)}, {"changed", rank::is_changed(r)}};
    if (r.truth) b["correct"] = !rank::is_wrong(r.prediction_b, *r.truth);
    json.add("model_b", std::move(b));
  }
  return json.take();
}

Json rank_summary_json(const rank::Ranking& ranking, std::int64_t errors, const rank::Faults* faults) {
  Json json{{"inputs", static_cast<std::int64_t>(ranking.inputs().size()) + errors}, {"errors", errors}};
  Json coverage = Json::object();
  for (std::size_t m = 0; m < ranking.metrics().size(); ++m)
    if (const auto share = ranking.coverage(m))
      coverage[std::string(ranking.metrics()[m]->name)] = number(*share);
  if (!coverage.empty()) json["coverage"] = coverage;
  for (std::size_t s = 0; s < ranking.set_metrics().size(); ++s)
    json["set"][std::string(ranking.set_metrics()[s]->name)] = number(ranking.set_values()[s]);
  if (faults == nullptr) return json;
  json["faults"] = faults->count;
  json["apfd"] = by_metric(ranking, [&](std::size_t m) { return number(faults->apfd[m]); });
  json["best_apfd"] = number(faults->best_apfd);
  if (ranking.inputs().empty() || !ranking.inputs()[0].in_two_models) return json;
  json["model_b"] = {{"changed", faults->changed}};
  if (ranking.inputs()[0].truth) {
    json["model_b"]["broken"] = faults->broken;
    json["model_b"]["fixed"] = faults->fixed;
  }
  return json;
}

}  // namespace nv
