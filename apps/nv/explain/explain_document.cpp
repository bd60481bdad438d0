#include "explain/explain_document.h"

#include <algorithm>

#include "nv/analysis/explain/layer_maps.h"
#include "nv/report/judgement.h"

namespace nv {

namespace {

Json freezing_json(const explain::FilterStudy& study, const Model& model,
                   const std::vector<std::string>& labels) {
  const explain::Freezing& f = *study.freezing;
  Json json{{"layer", model.nodes[study.node].path}, {"steps", Json::array()}};
  for (std::size_t n = 0; n < f.values.size(); ++n) {
    Json step{{"channel", n == 0 ? Json(nullptr) : Json(study.channels[n - 1].channel)},
              {"value", number(f.values[n])},
              {"random", number(f.random_values[n])}};
    if (!f.predictions.empty()) {
      const auto& p = f.predictions[n];
      step["prediction"] =
          p ? Json{{"index", p->index}, {"label", class_label(p->index, labels)}, {"score", number(p->score)}}
            : Json(nullptr);
    }
    json["steps"].push_back(std::move(step));
  }
  const auto fall = f.fall();
  json["label_changes_after"] = fall ? Json(*fall) : Json(nullptr);
  return json;
}

Json params_json(const explain::Run& run, const Engine& engine) {
  Json params = Json::object();
  for (const auto& [name, value] : run.settings.parameters) params[std::string(name)] = number(value);
  if (run.method->smooths) params["base"] = run.settings.base;
  if (run.method->random) params["seed"] = run.settings.seed;
  // Of several inputs each can have a layer of its own, which is beside its map.
  if (run.method->needs_layer && (run.settings.node || engine.model().inputs.size() == 1)) {
    const std::size_t node = explain::layer_of_maps(run.settings, engine.model(), engine.structure());
    params["layer"] = engine.model().nodes[node].path;
  }
  return params;
}

Json map_json(const InputMap& map, const Model& model) {
  Json json{{"input", model.inputs[map.port].name}, {"summary", map.words}};
  if (!map.layer.empty()) json["layer"] = map.layer;
  if (!map.overlay.empty()) json["overlay"] = map.overlay;
  return json;
}

}  // namespace

Json explained_json(const Explained& e, std::size_t answer, const explain::Request& request,
                    const Model& model, const std::vector<std::string>& labels) {
  Json json{{"id", e.id}, {"file", e.file}, {"status", e.error.empty() ? "ok" : "error"}};
  if (!e.error.empty()) {
    json["error"] = e.error;
    return json;
  }
  const explain::Answer& a = e.answers[answer];
  json["preprocess"] = e.preprocess;
  json["class"] = a.label ? Json(*a.label) : Json(nullptr);
  json["label"] = a.label ? Json(class_label(*a.label, labels)) : Json(nullptr);
  json["method"] = request.runs[a.run].method->name;
  json["files"] = Json::object();
  if (answer < e.files.size())
    for (const auto& [kind, path] : e.files[answer]) json["files"][kind] = path;
  if (a.explanation.completeness_gap) json["completeness_gap"] = number(*a.explanation.completeness_gap);
  if (a.explanation.conservation) json["conservation"] = number(*a.explanation.conservation);
  if (answer < e.scores.size() && !e.scores[answer].empty()) json["scores"] = scores_json(e.scores[answer]);
  if (!a.words.empty()) json["summary"] = a.words;
  if (!a.explanation.nodes.empty()) json["layer"] = model.nodes[a.explanation.nodes[0]].path;
  if (answer < e.maps.size())
    for (const InputMap& map : e.maps[answer]) json["maps"].push_back(map_json(map, model));
  for (const explain::ChannelRelevance& c : a.explanation.channels)
    json["channels"].push_back({{"channel", c.channel}, {"relevance", number(c.relevance)}});
  if (a.study && a.study->freezing) json["freezing"] = freezing_json(*a.study, model, labels);
  return json;
}

ExplainDocument::ExplainDocument(const explain::Request& request, const Engine& engine,
                                 const std::vector<std::string>& labels, const std::string& of)
    : request_(request),
      model_(engine.model()),
      labels_(labels),
      head_{{"schema", schema_id("explain")}, {"model", {{"file", model_.file}, {"name", model_.name}}}},
      runs_(Json::array()) {
  const auto run_head = [&](const explain::Run& run) {
    return Json{{"method", run.method->name}, {"params", params_json(run, engine)}};
  };
  if (request.runs.size() == 1) {
    head_.update(run_head(request.runs[0]));
    head_["of"] = of;
    list_.emplace(head_, "inputs");
    return;
  }
  head_["of"] = of;
  for (const explain::Run& run : request.runs) {
    runs_.push_back(run_head(run));
    runs_.back()["inputs"] = Json::array();
  }
}

void ExplainDocument::add(const Explained& e) {
  if (list_) {
    for (std::size_t k = 0; k < std::max<std::size_t>(e.answers.size(), 1); ++k)
      list_->add(explained_json(e, k, request_, model_, labels_));
    return;
  }
  for (std::size_t r = 0; r < runs_.size(); ++r)
    if (!e.error.empty()) runs_[r]["inputs"].push_back(explained_json(e, 0, request_, model_, labels_));
  for (std::size_t k = 0; k < e.answers.size(); ++k)
    runs_[e.answers[k].run]["inputs"].push_back(explained_json(e, k, request_, model_, labels_));
}

std::string ExplainDocument::text(const Json& summary) {
  if (list_) {
    Json tail{{"summary", summary}};
    if (!judgement_.is_null()) tail["judge"] = judgement_;
    return list_->finish(tail);
  }
  Json whole = head_;
  for (Json& run : runs_) run["summary"] = summary;
  whole["runs"] = runs_;
  if (!judgement_.is_null()) whole["judge"] = judgement_;
  return document(whole);
}

}  // namespace nv
