// Outputs of nv rank: document, rows, text.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "nv/report/rank.h"
#include "nv/report/run.h"
#include "rank/rank.h"

namespace nv {

namespace {

std::string metric_text(double score) {
  return std::isnan(score) ? "NaN" : fmt::format("{:.6g}", score);
}

Json error_json(const std::string& id, const std::string& file, const std::string& error) {
  return {{"id", id}, {"file", file}, {"status", "error"}, {"error", error}};
}

}  // namespace

Json Rank::head(const Model& model) const {
  Json json{{"schema", schema_id("rank")}, {"model", {{"file", model.file}, {"name", model.name}}}};
  json["defaults"] = defaults_.file.empty() ? Json(nullptr) : Json(defaults_.file);
  return json;
}

/// Of a run that ranks: its metrics, what they read and with which numbers.
Json Rank::head(const Work& work) const {
  Json json = head(work.engine.model());
  json["by"] = Json::array();
  for (const rank::Metric* m : metrics_) json["by"].push_back(m->name);
  json.update(rank_setup_json(metrics_, !set_metrics_.empty(), work.setup));
  if (query_)
    json["to"] = {{"id", query_->input.id},
                  {"file", query_->input.file},
                  {"prediction", prediction_json(query_->prediction)}};
  if (work.engine_b != nullptr)
    json["model_b"] = {{"file", work.engine_b->model().file}, {"name", work.engine_b->model().name}};
  return json;
}

/// Prints the document for --json, in parts; with -o DIR it is returned as well.
std::string Rank::print_document(Console& console, const Work& work, const Json& summary) {
  const bool whole = out_.folder() != nullptr;
  ListDocument list(head(work), "inputs");
  std::size_t added = 0;
  const auto add = [&](const Json& item) {
    list.add(item);
    if (constexpr std::size_t part = 1000; !whole && ++added % part == 0) console.result(list.take());
  };
  for (const std::size_t i : work.ranking.order()) add(ranked_input_json(work.ranking, i, true));
  for (const BadInput& bad : work.bad) add(error_json(bad.id, bad.file, bad.error));
  std::string rest = list.finish(summary);
  if (form_.json()) console.result(rest);
  return rest;
}

std::vector<std::string> Rank::columns() const {
  std::vector<std::string> columns{"rank", "id", "file", "status"};
  for (const rank::Metric* m : metrics_) columns.push_back(fmt::format("scores.{}", m->name));
  if (metrics_.size() > 1)
    for (const rank::Metric* m : metrics_) columns.push_back(fmt::format("ranks.{}", m->name));
  for (const char* key : {"index", "label", "score", "probability"})
    columns.push_back(fmt::format("prediction.{}", key));
  if (!input_flags_.truth.empty()) columns.insert(columns.end(), {"truth", "correct"});
  if (!model_b_.empty())
    columns.insert(columns.end(),
                   {"model_b.prediction.index", "model_b.prediction.label", "model_b.changed"});
  if (!model_b_.empty() && !input_flags_.truth.empty()) columns.emplace_back("model_b.correct");
  columns.emplace_back("error");
  return columns;
}

void Rank::print_rows(Console& console, const Work& work) {
  if (!form_.rows()) return;
  form_.set_columns(columns());
  for (const std::size_t i : work.ranking.order())
    form_.print_row(console, ranked_input_json(work.ranking, i, true));
  for (const BadInput& bad : work.bad) form_.print_row(console, error_json(bad.id, bad.file, bad.error));
  form_.end_rows(console);
}

/// The first inputs; with two models only the faults.
Table Rank::table(const Work& work, std::size_t most) const {
  const rank::Ranking& ranking = work.ranking;
  const bool truth = !input_flags_.truth.empty(), two = work.engine_b != nullptr;
  Table table;
  table.column("rank", Table::Align::right);
  table.column("input", Table::Align::left);
  table.column(two ? "model" : "prediction", Table::Align::left);
  if (two) table.column("model B", Table::Align::left);
  for (const rank::Metric* m : metrics_) table.column(m->name, Table::Align::right);
  if (truth) table.column("true class", Table::Align::left);
  for (const std::size_t i : ranking.order()) {
    if (table.rows().size() == most) break;
    if (two && !work.faults->is_fault[i]) continue;
    const rank::RankedInput& input = ranking.inputs()[i];
    std::vector<std::string> row{thousands(static_cast<long long>(ranking.rank(0, i))), input.id,
                                 prediction_text(input.prediction, classifies_)};
    if (two) row.push_back(prediction_text(input.prediction_b));
    for (std::size_t m = 0; m < metrics_.size(); ++m) row.push_back(metric_text(ranking.score(m, i)));
    if (truth)
      row.push_back(class_label(*input.truth, work.set.labels) +
                    (!two && work.faults->is_fault[i] ? ", wrong" : ""));
    table.row(std::move(row));
  }
  return table;
}

std::string Rank::faults_text(const Work& work) const {
  const auto count = [](std::size_t n) { return thousands(static_cast<long long>(n)); };
  const rank::Faults& faults = *work.faults;
  if (work.engine_b == nullptr) return fmt::format("{} wrong", count(faults.count));
  if (input_flags_.truth.empty()) return fmt::format("{} changed by model B", count(faults.changed));
  return fmt::format("{} wrong in model B, {} of them right in the first; {} only right in model B",
                     count(faults.count), count(faults.broken), count(faults.fixed));
}

std::string Rank::summary_text(const Work& work) const {
  const auto inputs = static_cast<long long>(work.ranking.inputs().size());
  std::string text = fmt::format("{} ranked by {}", counted(inputs, "input"), metrics_[0]->name);
  text += work.faults ? fmt::format(", {}\n", faults_text(work)) : "\n";
  for (std::size_t m = 0; m < metrics_.size(); ++m)
    if (const auto share = work.ranking.coverage(m))
      text += fmt::format("coverage {:<14}{}\n", metrics_[m]->name, score_text(*share));
  for (std::size_t s = 0; s < set_metrics_.size(); ++s)
    text += fmt::format("{:<23}{:.6g}\n", set_metrics_[s]->name, work.ranking.set_values()[s]);
  if (!work.faults) return text;
  if (work.faults->count == 0) return text + "APFD is not defined without faults\n";
  for (std::size_t m = 0; m < metrics_.size(); ++m)
    text += fmt::format("APFD {:<18}{:.4f}\n", metrics_[m]->name, work.faults->apfd[m]);
  return text + fmt::format("APFD {:<18}{:.4f}\n", "of the best order", work.faults->best_apfd);
}

std::string Rank::text(const Console& console, const Work& work) const {
  const std::size_t inputs = work.engine_b != nullptr ? work.faults->count : work.ranking.inputs().size();
  const std::size_t shown = form_.lines() ? inputs : most_lines_;
  std::string text;
  if (query_)
    text = fmt::format("{}: {}\n\n", console.bold(one_line(query_->input.id)),
                       prediction_text(query_->prediction, classifies_));
  if (inputs > 0) text += table(work, shown).text(console);
  if (shown < inputs)
    text +=
        fmt::format("and {} more (--lines lists all)\n", thousands(static_cast<long long>(inputs - shown)));
  text += "\n" + summary_text(work);
  if (taken_)
    text +=
        fmt::format("{} taken into the sample list of {}\n",
                    counted(static_cast<long long>(std::min(take_, work.ranking.inputs().size())), "input"),
                    one_line(out_.path));
  return text;
}

}  // namespace nv
