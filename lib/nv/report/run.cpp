#include "nv/report/run.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "nv/report/json_object.h"
#include "nv/report/rows.h"

namespace nv {

namespace {

Json score_json(const ClassScore& c) {
  return JsonObject(4).add("index", c.index).add("label", c.label).add("score", number(c.score)).take();
}

Json layer_json(const LayerResult& l) {
  Json json{{"index", l.index},
            {"path", l.path},
            {"kind", l.kind},
            {"shape", shape_json(l.shape)},
            {"min", number(l.values.min)},
            {"max", number(l.values.max)},
            {"mean", number(l.values.mean)},
            {"std", number(l.values.std)},
            {"active", number(l.active)},
            {"dead", l.dead}};
  if (!l.file.empty()) json["file"] = l.file;
  return json;
}

Json calibration_json(const Calibration& c, const std::string& diagram) {
  Json json{{"inputs", c.inputs()},
            {"ece", number(c.ece())},
            {"nll", number(c.nll())},
            {"brier", number(c.brier())},
            {"confidence", number(c.confidence())},
            {"bins", Json::array()}};
  for (const Calibration::Bin& bin : c.bins())
    json["bins"].push_back({{"lo", number(bin.lo)},
                            {"hi", number(bin.hi)},
                            {"inputs", bin.inputs},
                            {"confidence", bin.inputs > 0 ? number(bin.confidence) : Json(nullptr)},
                            {"accuracy", bin.inputs > 0 ? number(bin.accuracy) : Json(nullptr)}});
  if (!diagram.empty()) json["file"] = diagram;
  return json;
}

}  // namespace

Json prediction_json(const std::optional<Prediction>& p) {
  if (!p) return nullptr;
  Json json = score_json(*p);
  json["probability"] = number(p->probability);
  return json;
}

Json output_json(const std::optional<Prediction>& p, bool classifies) {
  Json json{{"prediction", prediction_json(p)}};
  if (classifies && !p) json["reason"] = no_class_reason;
  return json;
}

Json run_item_json(const RunResult& r) {
  Json json{{"id", r.id}, {"file", r.file}, {"status", r.error.empty() ? "ok" : "error"}};
  if (!r.error.empty()) {
    json["error"] = r.error;
    return json;
  }
  if (r.shapes.size() == 1) {
    json["shape"] = shape_json(r.shapes[0]);
  } else {
    json["shape"] = Json::array();
    for (const Shape& s : r.shapes) json["shape"].push_back(shape_json(s));
  }
  json["preprocess"] = r.preprocess;
  json["prediction"] = prediction_json(r.prediction);
  if (!r.reason.empty()) json["reason"] = r.reason;
  json["top"] = Json::array();
  for (const ClassScore& c : r.top) json["top"].push_back(score_json(c));
  if (r.outputs.size() > 1) {
    json["outputs"] = Json::array();
    for (const OutputResult& o : r.outputs)
      json["outputs"].push_back(
          {{"name", o.name}, {"shape", shape_json(o.shape)}, {"prediction", prediction_json(o.prediction)}});
  }
  if (r.truth) {
    json["truth"] = *r.truth;
    json["correct"] = r.correct;
    if (r.truth_scores) {
      json["nll"] = number(r.truth_scores->nll);
      json["brier"] = number(r.truth_scores->brier);
    }
  }
  json["files"] = Json::object();
  for (const auto& [kind, path] : r.files) json["files"][kind] = path;
  json["layers"] = Json::array();
  for (const LayerResult& l : r.layers) json["layers"].push_back(layer_json(l));
  return json;
}

Json run_summary_json(std::int64_t inputs, std::int64_t errors, const TruthSummary* truth,
                      std::span<const std::string> labels, const std::string& diagram) {
  Json json{{"inputs", inputs}, {"errors", errors}};
  if (truth == nullptr) return json;
  const Confusion& confusion = truth->confusion;
  json["accuracy"] = number(confusion.accuracy());
  json["top5_accuracy"] = number(confusion.top5_accuracy());
  if (truth->calibration.inputs() > 0) json["calibration"] = calibration_json(truth->calibration, diagram);
  json["confusion"] = Json::array();
  json["classes"] = Json::array();
  for (std::int64_t t = 0; t < confusion.classes(); ++t) {
    Json row = Json::array();
    for (std::int64_t p = 0; p < confusion.classes(); ++p) row.push_back(confusion.count(t, p));
    json["confusion"].push_back(std::move(row));
    json["classes"].push_back({{"index", t},
                               {"label", class_label(t, labels)},
                               {"count", confusion.of_class(t)},
                               {"recall", number(confusion.recall(t))},
                               {"precision", number(confusion.precision(t))}});
    if (confusion.unpredicted(t) > 0) json["classes"].back()["unpredicted"] = confusion.unpredicted(t);
  }
  return json;
}

std::string confusion_csv(const Confusion& confusion, std::span<const std::string> labels) {
  std::vector<std::string> header{"true class"}, keys{"name"};
  for (std::int64_t p = 0; p < confusion.classes(); ++p) {
    header.push_back(class_label(p, labels));
    keys.push_back(fmt::format("{}", p));
  }
  header.emplace_back("no prediction");
  keys.emplace_back("none");
  std::string text = header_row(header, RowFormat::csv);
  for (std::int64_t t = 0; t < confusion.classes(); ++t) {
    Json row{{"name", class_label(t, labels)}, {"none", confusion.unpredicted(t)}};
    for (std::int64_t p = 0; p < confusion.classes(); ++p) row[fmt::format("{}", p)] = confusion.count(t, p);
    text += value_row(row, keys, RowFormat::csv);
  }
  return text;
}

std::string calibration_csv(const Calibration& calibration) {
  const std::vector<std::string> keys{"lo", "hi", "inputs", "confidence", "accuracy"};
  std::string text = header_row(keys, RowFormat::csv);
  const Json json = calibration_json(calibration, "");
  for (const Json& bin : json["bins"]) text += value_row(bin, keys, RowFormat::csv);
  return text;
}

}  // namespace nv
