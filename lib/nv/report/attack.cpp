#include "nv/report/attack.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nv/analysis/attack_curve.h"
#include "nv/report/json_object.h"
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

/// The value that `number` wrote; NaN for anything else.
double real_of(const Json& json) {
  if (json == "Infinity") return INFINITY;
  if (json == "-Infinity") return -INFINITY;
  return json.is_number() ? json.get<double>() : NAN;
}

std::optional<Prediction> prediction_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  Prediction p;
  p.index = json.at("index");
  p.label = json.at("label");
  p.score = static_cast<float>(real_of(json.at("score")));
  if (!json.at("probability").is_null()) p.probability = static_cast<float>(real_of(json["probability"]));
  return p;
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
  if (s.png_safe) json["png_safe"] = true;
  for (const auto& [name, value] : s.parameters) json[std::string(name)] = plain(value);
  for (const auto& [name, word] : s.words) json[std::string(name)] = word;
  return json;
}

Json attack_item_json(const AttackResult& r) {
  JsonObject json(18);
  json.add("id", r.id).add("file", r.file).add("status", status_name(r.status));
  if (r.status == AttackStatus::error) return json.add("error", r.error).take();
  json.add("preprocess", r.preprocess);
  if (r.truth) json.add("truth", *r.truth);
  json.add("original", prediction_json(r.original));
  if (!r.others.empty()) {
    Json others = Json::array();
    for (const OtherModel& o : r.others)
      others.push_back(
          {{"original", prediction_json(o.original)}, {"adversarial", prediction_json(o.adversarial)}});
    json.add("others", std::move(others));
  }
  if (r.status == AttackStatus::skipped) return json.add("reason", r.reason).take();
  json.add("adversarial", prediction_json(r.adversarial));
  json.add("l0", static_cast<std::int64_t>(r.distances.l0));
  json.add("l1", number(r.distances.l1));
  json.add("l2", number(r.distances.l2));
  json.add("linf", number(r.distances.linf));
  json.add("queries", r.queries);
  json.add("gradients", r.gradients);
  json.add("zero_gradient", r.zero_gradient);
  json.add("survives_png", r.survives_png ? Json(*r.survives_png) : Json(nullptr));
  JsonObject files(r.files.size());
  for (const auto& [kind, path] : r.files) files.add(kind.c_str(), path);
  return json.add("files", files.take()).take();
}

AttackResult attack_result_of(const Json& item) {
  AttackResult r;
  r.id = item.at("id");
  r.file = item.at("file");
  const auto status = item.at("status").get<std::string>();
  for (const AttackStatus known :
       {AttackStatus::success, AttackStatus::failed, AttackStatus::skipped, AttackStatus::error})
    if (status == status_name(known)) r.status = known;
  r.error = item.value("error", "");
  if (r.status == AttackStatus::error) return r;
  r.preprocess = item.at("preprocess");
  if (item.contains("truth")) r.truth = item["truth"].get<std::int64_t>();
  r.original = prediction_of(item.at("original"));
  r.reason = item.value("reason", "");
  if (r.status == AttackStatus::skipped) return r;
  r.adversarial = prediction_of(item.at("adversarial"));
  const auto real = [&](const char* key) { return real_of(item.at(key)); };
  r.distances = {real("l0"), real("l1"), real("l2"), real("linf")};
  r.queries = item.at("queries");
  r.gradients = item.at("gradients");
  r.zero_gradient = item.at("zero_gradient");
  if (item.at("survives_png").is_boolean()) r.survives_png = item["survives_png"].get<bool>();
  for (const auto& [kind, path] : item.at("files").items())
    r.files.emplace_back(kind, path.get<std::string>());
  return r;
}

std::vector<AttackSummary> summaries_of(std::span<const std::vector<Json>> items) {
  std::vector<AttackSummary> summaries(items.size());
  for (std::size_t run = 0; run < items.size(); ++run)
    for (const Json& item : items[run]) summaries[run].add(attack_result_of(item));
  return summaries;
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
  json["classes"] = Json::array();
  for (const auto& [index, count] : s.classes)
    json["classes"].push_back(
        {{"index", index}, {"attacked", count.attacked}, {"succeeded", count.succeeded}});
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

Json attack_sample_json(const Json& item, const std::string& method, const Json& params) {
  const AttackResult r = attack_result_of(item);
  Json json{{"id", r.id + "." + method}};
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
  if (item.contains("eps")) json["params"]["eps"] = item["eps"];
  json["preprocess"] = r.preprocess;
  json["original"] = item["original"];
  json["prediction"] = item["adversarial"];
  for (const char* key : {"l2", "linf", "survives_png"}) json[key] = item[key];
  return json;
}

RobustnessCurve attack_curve_of(std::span<const Json> items) {
  RobustnessCurve by_size;
  for (const Json& item : items) {
    const AttackResult r = attack_result_of(item);
    by_size.add(r, r.status == AttackStatus::success ? item.at("eps").get<double>() : 0);
  }
  return by_size;
}

Json attack_curve_json(std::span<const Json> items, std::span<const double> curve) {
  const RobustnessCurve by_size = attack_curve_of(items);
  Json json = Json::array();
  for (const double eps : curve)
    json.push_back({{"eps", number(eps)}, {"robust_accuracy", number(by_size.accuracy(eps))}});
  return json;
}

namespace {

/// Per run and model: successful samples, inputs that the model classifies right ("of"), and the rate.
Json transfer_json(const Json& models, const Json& runs, std::span<const std::vector<Json>> items) {
  Json json{{"models", models}, {"matrix", Json::array()}};
  for (std::size_t run = 0; run < items.size(); ++run) {
    std::vector<std::int64_t> fooled(models.size(), 0), of(models.size(), 0);
    for (const Json& item : items[run])
      for (std::size_t m = 0; item.contains("transfer") && m < models.size(); ++m) {
        if (!item["transfer"][m].is_boolean()) continue;
        ++of[m];
        fooled[m] += item["transfer"][m].get<bool>() ? 1 : 0;
      }
    Json rates = Json::array();
    for (std::size_t m = 0; m < models.size(); ++m)
      rates.push_back(of[m] == 0 ? Json(nullptr)
                                 : number(static_cast<double>(fooled[m]) / static_cast<double>(of[m])));
    json["matrix"].push_back(
        {{"method", runs[run]["method"]}, {"fooled", fooled}, {"of", of}, {"rate", rates}});
  }
  return json;
}

}  // namespace

Json attack_document_json(const Json& head, std::vector<std::vector<Json>> items,
                          std::span<const AttackSummary> summaries, std::span<const Json> extras) {
  Json whole;
  for (const char* key : {"schema", "model", "defaults", "shard"})
    if (head.contains(key)) whole[key] = head[key];
  const Json& runs = head.at("runs");
  Json transfer;
  if (head.contains("transfer")) transfer = transfer_json(head["transfer"], runs, items);
  Json all = Json::array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    Json curve;
    if (runs[i].contains("curve"))
      curve = attack_curve_json(items[i], runs[i]["curve"].get<std::vector<double>>());
    Json run{{"method", runs[i]["method"]}, {"params", runs[i]["params"]}};
    run["inputs"] = std::move(items[i]);
    if (!extras.empty()) run.update(extras[i]);
    run["summary"] = attack_summary_json(summaries[i]);
    if (!curve.is_null()) run["curve"] = std::move(curve);
    all.push_back(std::move(run));
  }
  if (all.size() == 1)
    for (auto& [key, value] : all[0].items()) whole[key] = std::move(value);
  else
    whole["runs"] = std::move(all);
  if (!transfer.is_null()) whole["transfer"] = std::move(transfer);
  return whole;
}

std::vector<const Json*> attack_runs(const Json& document) {
  std::vector<const Json*> runs;
  if (!document.contains("runs")) return {&document};
  for (const Json& run : document["runs"]) runs.push_back(&run);
  return runs;
}

Json attack_list_json() {
  Json json{{"schema", schema_id("attack-list")}};
  json["methods"] = Json::array();
  for (const attacks::Method& m : attacks::methods()) json["methods"].push_back(method_json(m));
  return json;
}

}  // namespace nv
