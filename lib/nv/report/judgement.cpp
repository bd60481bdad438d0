#include "nv/report/judgement.h"

#include <nlohmann/json.hpp>

namespace nv {

using explain::judge::Judgement;
using explain::judge::Mean;
using explain::judge::MethodJudgement;

namespace {

Json mean_json(const Mean& mean) {
  return {{"mean", mean.inputs > 0 ? number(mean.mean) : Json(nullptr)},
          {"standard_error", mean.inputs > 1 ? number(mean.standard_error) : Json(nullptr)},
          {"inputs", mean.inputs}};
}

Json judged_method_json(const MethodJudgement& m) {
  Json json{{"method", m.method},
            {"depends_on_weights", !m.ignores_weights},
            {"weight_similarity", mean_json(m.weight_similarity)},
            {"scores", Json::object()},
            {"against_random", Json::object()},
            {"curves", Json::object()}};
  for (std::size_t k = 0; k < m.scores.size(); ++k) {
    const std::string name(explain::judge::measures()[k].name);
    json["scores"][name] = mean_json(m.scores[k]);
    if (m.against_random[k].inputs > 0) json["against_random"][name] = mean_json(m.against_random[k]);
    if (m.curves[k].empty()) continue;
    Json& curve = json["curves"][name] = Json::array();
    for (const double v : m.curves[k]) curve.push_back(number(v));
  }
  return json;
}

}  // namespace

Json judgement_json(const Judgement& judgement) {
  Json json{{"verdict", judgement.verdict}, {"remarks", judgement.remarks}};
  for (const explain::judge::Measure& m : explain::judge::measures())
    json["measures"].push_back(
        {{"name", m.name}, {"better", m.higher_is_better ? "higher" : "lower"}, {"random", m.random}});
  json["methods"] = Json::array();
  for (std::size_t i = 0; i < judgement.methods.size(); ++i) {
    Json method = judged_method_json(judgement.methods[i]);
    method["rank"] = i + 1;
    method["mean_rank"] = number(judgement.methods[i].mean_rank);
    json["methods"].push_back(std::move(method));
  }
  json["control"] = judgement.control ? judged_method_json(*judgement.control) : Json(nullptr);
  return json;
}

Json scores_json(const explain::judge::Scores& scores) {
  Json json = Json::object();
  for (std::size_t k = 0; k < scores.size(); ++k)
    json[std::string(explain::judge::measures()[k].name)] = scores[k] ? number(*scores[k]) : Json(nullptr);
  return json;
}

}  // namespace nv
