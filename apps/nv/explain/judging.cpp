#include "explain/judging.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "nv/analysis/captions.h"
#include "nv/analysis/gradient.h"
#include "nv/analysis/input_specs.h"
#include "nv/core/error.h"
#include "nv/figures/explanation/judge_curves.h"
#include "nv/report/judgement.h"
#include "shared/stage.h"

namespace nv {

namespace judge = explain::judge;

void Judging::declare(const OptionGroup& group) {
  group.add_flag("--judge", wanted_, "Judge the methods by measures, which --list explains");
  samples_option_ =
      group.add("--judge-samples", options_.samples, "N", "Noisy inputs of max-sensitivity").range(1, 1e6);
  step_option_ = group.add("--judge-step", options_.step, "N", "Values per step of pixel-flipping")
                     .at_least(1)
                     .default_value("");
}

void Judging::check(bool top_patches) const {
  if (wanted_ && top_patches)
    throw Error(ErrorKind::usage, "--judge: top-patches explains no class", "choose another method");
  if (!wanted_ && (samples_option_.is_given() || step_option_.is_given()))
    throw Error(ErrorKind::usage, "explain: --judge-samples and --judge-step belong to --judge",
                "add --judge");
}

void Judging::begin(Engine& engine, const std::vector<OutputKind>& outputs, const explain::Request& request) {
  if (!wanted_) return;
  if (std::ranges::all_of(request.runs, [](const explain::Run& r) { return r.method->name == "filters"; }))
    throw Error(ErrorKind::usage, "--judge: filters gives no map of the input", "choose another method");
  request_ = &request;
  options_.seed = request.runs.front().settings.seed;
  const bool of_class = request.has_classes();
  judge_ = std::make_unique<judge::Judge>(
      engine, of_class ? classifier_of(outputs) : nullptr, class_count(engine.structure(), outputs),
      of_class ? parse_objective(request.of) : Objective::logit, options_);
}

explain::Observer Judging::observer() {
  if (!wanted_) return {};
  return [this](std::size_t run, const explain::Task& task,
                const std::vector<explain::Explanation>& explanations,
                judge::Judge::Classes classes) { score(run, task, explanations, classes); };
}

void Judging::score(std::size_t run, const explain::Task& task,
                    const std::vector<explain::Explanation>& explanations, judge::Judge::Classes classes) {
  const Stage stage("judging");
  explain::Task judged = task;
  if (judged.baselines.empty()) {
    const std::vector<InputSpec> specs = input_specs(task.engine.model(), task.engine.structure());
    for (std::size_t i = 0; i < task.size(); ++i)
      judged.baselines.push_back(
          explain::baseline_of(request_->baseline, task.item(i), specs, request_->preprocess));
  }
  const explain::Method& method = *request_->runs[run].method;
  scores_.resize(task.size());
  const bool has_map = method.name != "filters";
  if (run == 0) judge_->add_control(judged, classes);
  std::vector<judge::Scores> scores(task.size());
  if (has_map) scores = judge_->add(method, judged, explanations, classes);
  for (std::size_t i = 0; i < task.size(); ++i)
    if (classes.empty() || classes[i]) scores_[i].push_back(std::move(scores[i]));
}

std::vector<std::vector<judge::Scores>> Judging::take_scores() {
  return std::exchange(scores_, {});
}

std::shared_ptr<const judge::Judgement> Judging::so_far() const {
  return wanted_ ? std::make_shared<const judge::Judgement>(judge_->result()) : nullptr;
}

void Judging::finish() {
  if (!wanted_) return;
  judgement_ = judge_->result();
  json_ = std::make_shared<Json>(judgement_json(judgement_));
}

Table Judging::table() const {
  Table table;
  table.column("method", Table::Align::left);
  // Two lines each: the longest names have two words.
  for (const judge::Measure& m : judge::measures()) {
    const std::size_t dash = m.name.find('-');
    const std::string better = m.higher_is_better ? "↑" : "↓";
    if (dash == std::string_view::npos)
      table.column(m.name, better, Table::Align::right);
    else
      table.column(m.name.substr(0, dash), std::string(m.name.substr(dash + 1)) + better,
                   Table::Align::right);
  }
  const auto add = [&](const judge::MethodJudgement& m) {
    std::vector<std::string> means{m.method}, errors{""};
    for (const judge::Mean& score : m.scores) {
      means.push_back(score.inputs > 0 ? fmt::format("{:.3g}", score.mean) : "-");
      errors.push_back(score.inputs > 1 ? fmt::format("±{:.2g}", score.standard_error) : "");
    }
    table.row(means);
    if (std::ranges::any_of(errors, [](const std::string& e) { return !e.empty(); })) table.row(errors);
  };
  for (const judge::MethodJudgement& m : judgement_.methods) add(m);
  if (judgement_.control) add(*judgement_.control);
  return table;
}

void Judging::print(Console& console, ResultForm& form) const {
  if (!wanted_) return;
  if (form.rows()) {
    std::vector<std::string> columns{"method", "rank", "mean_rank", "depends_on_weights"};
    for (const judge::Measure& m : judge::measures())
      for (const char* part : {"mean", "standard_error"})
        columns.push_back(fmt::format("scores.{}.{}", m.name, part));
    form.set_columns(std::move(columns));
    for (const Json& method : (*json_)["methods"]) form.print_row(console, method);
  }
  if (!form.text()) return;
  console.result(table().text(console) + "\n" + judgement_.verdict + "\n");
  for (const std::string& remark : judgement_.remarks) console.result(remark + "\n");
}

void Judging::add_to(ReportPage& page, const Model& model, ThreadPool& pool) const {
  if (!wanted_ || !page.wanted()) return;
  page.section("How good the methods are");
  page.text(judgement_.verdict);
  for (const std::string& remark : judgement_.remarks) page.text(remark);
  page.table(table());
  page.figures(sheets(model), "figures", {page.room(), false}, pool);
}

std::vector<NamedSheet> Judging::sheets(const Model& model) const {
  std::vector<NamedSheet> sheets;
  if (!wanted_) return sheets;
  for (const std::size_t measure : figures::judged_curves(judgement_)) {
    const std::string name(judge::measures()[measure].name);
    sheets.push_back({"judge-" + name, picture_title(model, name),
                      [this, &model, measure](const figures::Style& style, const render::Page& page) {
                        return figures::judge_curves(judgement_, measure, model_title(model), style, page);
                      }});
  }
  return sheets;
}

}  // namespace nv
