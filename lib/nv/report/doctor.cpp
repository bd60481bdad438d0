#include "nv/report/doctor.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace nv {

namespace {

Json evidence_json(const std::vector<doctor::Evidence>& evidence) {
  Json json = Json::object();
  for (const doctor::Evidence& e : evidence) {
    if (const auto* count = std::get_if<std::int64_t>(&e.value)) json[e.name] = *count;
    if (const auto* value = std::get_if<double>(&e.value)) json[e.name] = number(*value);
    if (const auto* text = std::get_if<std::string>(&e.value)) json[e.name] = *text;
  }
  return json;
}

Json finding_json(const doctor::Finding& f) {
  return {{"kind", f.kind},
          {"severity", f.severity == doctor::Severity::error ? "error" : "warning"},
          {"where", f.where},
          {"what", f.what},
          {"evidence", evidence_json(f.evidence)},
          {"advice", f.advice}};
}

/// null for a figure that does not apply.
Json figure_json(double value) {
  return std::isnan(value) ? Json(nullptr) : number(value);
}

Json trial_json(const doctor::Trial& t) {
  return {{"options", doctor::options_of(t.preprocess)},
          {"accuracy", figure_json(t.accuracy)},
          {"confidence", figure_json(t.confidence)},
          {"information", figure_json(t.information)},
          {"logit_gap", figure_json(t.gap)},
          {"distance", figure_json(t.distance)}};
}

}  // namespace

Json doctor_json(const doctor::Examination& examination, std::span<const doctor::Finding> findings,
                 std::int64_t unusable, const std::string& defaults, const std::string& written) {
  const Model& model = examination.model();
  Json json{{"schema", schema_id("doctor")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  json["defaults"] = defaults.empty() ? Json(nullptr) : Json(defaults);
  json["preprocess"] = examination.arrays ? "none" : describe_scale(examination.settings.preprocess);
  json["findings"] = Json::array();
  for (const doctor::Finding& f : findings) json["findings"].push_back(finding_json(f));
  json["preprocessings"] = Json::array();
  for (const doctor::Trial& t : examination.trials) json["preprocessings"].push_back(trial_json(t));
  const auto errors = std::ranges::count(findings, doctor::Severity::error, &doctor::Finding::severity);
  json["hardly_judged"] = Json::array();
  for (const doctor::CheckEntry* entry : doctor::hardly_judged(examination))
    json["hardly_judged"].push_back(
        {{"kind", entry->kind}, {"needs_inputs", entry->inputs}, {"needs_truth", entry->truth}});
  json["summary"] = {{"inputs", examination.inputs.size()},
                     {"unusable", unusable},
                     {"errors", errors},
                     {"warnings", std::ssize(findings) - errors}};
  json["written"] = written.empty() ? Json(nullptr) : Json(written);
  return json;
}

}  // namespace nv
