#include "nv/report/attack.h"

#include <algorithm>

#include "nv/report/run.h"

namespace nv {

namespace {

/// Whole numbers without a fraction.
Json plain(double value) {
  const auto whole = static_cast<std::int64_t>(value);
  return static_cast<double>(whole) == value ? Json(whole) : number(value);
}

Json optional_number(std::optional<double> value) {
  return value ? number(*value) : Json(nullptr);
}

Json parameter_json(const attacks::Method& method, const attacks::Parameter& p) {
  Json json{{"name", p.name},        {"meaning", p.meaning}, {"least", plain(p.least)},
            {"most", plain(p.most)}, {"whole", p.whole},     {"times_eps", p.times_eps}};
  if (!p.words.empty()) json["words"] = p.words;
  json["defaults"] = Json::object();
  for (const attacks::Norm norm : method.norms)
    for (const attacks::Parameter& q : method.parameters(norm))
      if (q.name == p.name)
        json["defaults"][std::string(norm_name(norm))] = q.words.empty() ? plain(q.value) : Json(q.words[0]);
  return json;
}

Json method_json(const attacks::Method& m) {
  Json json{{"name", m.name},
            {"group", group_name(m.group)},
            {"summary", m.summary},
            {"reference", m.reference},
            {"minimises", m.scope == attacks::Scope::minimum_norm},
            {"targeted", m.targeted},
            {"random", m.random},
            {"gradients", m.gradients}};
  json["norms"] = Json::array();
  for (const attacks::Norm norm : m.norms) json["norms"].push_back(norm_name(norm));
  json["parameters"] = Json::array();
  std::vector<std::string_view> seen;
  for (const attacks::Norm norm : m.norms)
    for (const attacks::Parameter& p : m.parameters(norm)) {
      if (std::ranges::find(seen, p.name) != seen.end()) continue;
      seen.push_back(p.name);
      json["parameters"].push_back(parameter_json(m, p));
    }
  return json;
}

}  // namespace

Json attack_params_json(const attacks::Settings& s) {
  Json json{{"norm", norm_name(s.norm)}, {"eps", optional_number(s.eps)}};
  json["bounds"] = {number(s.bounds.low), number(s.bounds.high)};
  json["target"] = s.target ? Json(*s.target) : Json(nullptr);
  json["seed"] = s.seed;
  json["restarts"] = s.restarts;
  for (const auto& [name, value] : s.parameters) json[std::string(name)] = plain(value);
  for (const auto& [name, word] : s.words) json[std::string(name)] = word;
  return json;
}

Json attack_item_json(const AttackResult& r) {
  Json json{{"id", r.id}, {"file", r.file}, {"status", status_name(r.status)}};
  if (r.status == AttackStatus::error) {
    json["error"] = r.error;
    return json;
  }
  json["preprocess"] = r.preprocess;
  if (r.truth) json["truth"] = *r.truth;
  json["original"] = prediction_json(r.original);
  for (const OtherModel& o : r.others)
    json["others"].push_back(
        {{"original", prediction_json(o.original)}, {"adversarial", prediction_json(o.adversarial)}});
  if (r.status == AttackStatus::skipped) {
    json["reason"] = r.reason;
    return json;
  }
  json["adversarial"] = prediction_json(r.adversarial);
  json["l0"] = static_cast<std::int64_t>(r.distances.l0);
  json["l1"] = number(r.distances.l1);
  json["l2"] = number(r.distances.l2);
  json["linf"] = number(r.distances.linf);
  json["queries"] = r.queries;
  json["gradients"] = r.gradients;
  json["zero_gradient"] = r.zero_gradient;
  json["survives_png"] = r.survives_png ? Json(*r.survives_png) : Json(nullptr);
  json["files"] = Json::object();
  for (const auto& [kind, path] : r.files) json["files"][kind] = path;
  return json;
}

Json attack_summary_json(const AttackSummary& s) {
  Json json{{"inputs", s.inputs},       {"errors", s.errors},   {"attacked", s.attacked},
            {"succeeded", s.succeeded}, {"skipped", s.skipped}, {"success_rate", number(s.success_rate())}};
  if (s.with_truth > 0) {
    json["clean_accuracy"] = number(s.clean_accuracy());
    json["robust_accuracy"] = number(s.robust_accuracy());
  }
  json["median_l0"] = optional_number(median(s.l0));
  json["median_l1"] = optional_number(median(s.l1));
  json["median_l2"] = optional_number(median(s.l2));
  json["median_linf"] = optional_number(median(s.linf));
  json["queries"] = s.queries;
  json["gradients"] = s.gradients;
  json["zero_gradient"] = s.zero_gradient;
  json["pictures"] = s.pictures;
  json["survived_png"] = s.survived;
  return json;
}

Json attack_coverage_json(std::span<const CoverageChange> coverage) {
  Json json = Json::array();
  for (const CoverageChange& c : coverage)
    json.push_back({{"model", c.file},
                    {"neurons", c.neurons},
                    {"before", number(c.before)},
                    {"after", number(c.after)}});
  return json;
}

Json attack_perturbation_json(const Perturbation& perturbation,
                              std::span<const std::pair<std::string, std::string>> files) {
  Json json{{"l2", number(perturbation.l2)}, {"linf", number(perturbation.linf)}};
  json["files"] = Json::object();
  for (const auto& [kind, path] : files) json["files"][kind] = path;
  return json;
}

Json attack_sample_json(const AttackResult& r, const std::string& id, const std::string& method,
                        const Json& params) {
  Json json{{"id", id}};
  const auto add = [&](const char* kind, const char* key) {
    for (const auto& [known, path] : r.files)
      if (known == kind) json[key] = path;
  };
  add("npy", "file");
  add("png", "picture");
  add("sheet", "sheet");
  json["label"] = r.truth.value_or(r.original->index);
  json["origin"] = r.file;
  json["method"] = method;
  json["params"] = params;
  json["preprocess"] = r.preprocess;
  json["original"] = prediction_json(r.original);
  json["prediction"] = prediction_json(r.adversarial);
  json["l2"] = number(r.distances.l2);
  json["linf"] = number(r.distances.linf);
  json["survives_png"] = r.survives_png ? Json(*r.survives_png) : Json(nullptr);
  return json;
}

Json attack_list_json() {
  Json json{{"schema", schema_id("attack-list")}};
  json["methods"] = Json::array();
  for (const attacks::Method& m : attacks::methods()) json["methods"].push_back(method_json(m));
  return json;
}

}  // namespace nv
