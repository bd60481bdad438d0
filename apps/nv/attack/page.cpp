#include "attack/page.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "attack/text.h"
#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "nv/report/attack.h"

namespace nv {

namespace {

constexpr std::size_t max_rows = 5000;  // of the table of all inputs

std::string outcome_text(const AttackResult& r) {
  switch (r.status) {
    case AttackStatus::success:
      return fmt::format("{} (L2 {:.3g})", label_text(r.adversarial), r.distances.l2);
    case AttackStatus::failed:
      return "withstood";
    case AttackStatus::skipped:
      return "skipped: " + one_line(r.reason);
    case AttackStatus::error:
      break;
  }
  return "not used: " + one_line(r.error);
}

std::string share_text(std::int64_t part, std::int64_t of) {
  return fmt::format("{} of {}", part, of);
}

void add_median(ReportPage::Facts& facts, const char* name, const std::vector<double>& values) {
  if (const auto m = median(values)) facts.emplace_back(name, fmt::format("{:.4g}", *m));
}

}  // namespace

bool ShownSamples::wants(const AttackResult& result) {
  const bool first = result.original && classes_.insert(result.original->index).second;
  const bool wanted = first ? classes_.size() <= most : others_ < most;
  if (!wanted) return false;
  if (!first) ++others_;
  first_of_class_.push_back(first);
  return true;
}

void ShownSamples::add(HtmlPage::Figure figure) {
  figures_.push_back(std::move(figure));
}

void ShownSamples::choose(std::size_t bytes) {
  std::vector<bool> kept(figures_.size());
  std::size_t count = 0;
  for (const bool first : {true, false})
    for (std::size_t i = 0; i < figures_.size(); ++i) {
      if (first_of_class_[i] != first || count == most || figures_[i].svg.size() > bytes) continue;
      bytes -= figures_[i].svg.size();
      kept[i] = true;
      ++count;
    }
  std::vector<HtmlPage::Figure> chosen;
  for (std::size_t i = 0; i < figures_.size(); ++i)
    if (kept[i]) chosen.push_back(std::move(figures_[i]));
  figures_ = std::move(chosen);
}

void AttackPage::add(std::span<const NamedSheet> sheets, ThreadPool& pool) {
  for (HtmlPage::Figure& figure : page_.draw(sheets, pool)) samples_.add(std::move(figure));
}

void AttackPage::end_method() {
  const std::size_t still = std::max<std::size_t>(methods_ - std::min(methods_, of_methods_.size()), 1);
  const std::size_t left = page_.room() - std::min(page_.room(), kept_bytes_);
  samples_.choose(left / still);
  for (const HtmlPage::Figure& figure : samples_.figures()) kept_bytes_ += figure.svg.size();
  of_methods_.push_back(std::exchange(samples_, {}));
}

void AttackPage::add_summary(const Results& results, ThreadPool& pool) {
  page_.section("Summary");
  const AttackSummary& first = results.summaries[0];
  ReportPage::Facts facts{{"inputs", fmt::format("{}", first.inputs)},
                          {"methods", fmt::format("{}", results.plans.size())}};
  if (first.errors > 0) facts.emplace_back("not used", fmt::format("{}", first.errors));
  if (first.with_truth > 0) {
    double least = 1;
    for (const AttackSummary& s : results.summaries) least = std::min(least, s.robust_accuracy());
    facts.emplace_back("accuracy", score_text(first.clean_accuracy()));
    facts.emplace_back("lowest robust accuracy", score_text(least));
  }
  page_.facts(facts);
  page_.table(attack_table(results.document, results.summaries), {"Methods", {}, {}});
  page_.figures(results.sheets, "figures", {page_.room(), false}, pool);
  if (results.document.contains("transfer"))
    page_.table(transfer_table(results.document["transfer"]), {"Transfer to other models", {}, {}});
  page_.table(class_table(results.document, results.summaries, results.labels),
              {"Fooled inputs, by class", {}, {}});
}

void AttackPage::add_method(const AttackPlan& plan, const AttackSummary& s, const ShownSamples& samples) {
  page_.section(std::string(plan.method.name));
  page_.note(fmt::format("{}; {}", plan.method.summary, plan.method.reference));
  ReportPage::Facts facts{{"fooled", share_text(s.succeeded, s.attacked)}};
  if (s.skipped > 0) facts.emplace_back("skipped", fmt::format("{}", s.skipped));
  if (plan.settings.eps)
    facts.emplace_back(fmt::format("{} at most", norm_name(plan.settings.norm)),
                       fmt::format("{:.4g}", *plan.settings.eps));
  if (s.with_truth > 0)
    facts.emplace_back(
        "accuracy", fmt::format("{} → {}", score_text(s.clean_accuracy()), score_text(s.robust_accuracy())));
  add_median(facts, "median L2", s.l2);
  add_median(facts, "median Linf", s.linf);
  if (s.pictures > 0) facts.emplace_back("fool as 8-bit pictures", share_text(s.survived, s.pictures));
  if (s.zero_gradient > 0) facts.emplace_back("every gradient was 0", fmt::format("{}", s.zero_gradient));
  page_.facts(facts);
  const std::size_t shown = page_.add_small(samples.figures());
  const auto of = static_cast<std::size_t>(s.succeeded);
  page_.count("samples", shown, of);
  if (shown < of)
    page_.note(fmt::format("{} of its {} samples are shown: first one of each class.", shown, of));
}

void AttackPage::add_inputs(const Results& results) {
  const std::vector<const Json*> runs = attack_runs(results.document);
  Table table;
  table.column("input", Table::Align::left);
  table.column("predicted", Table::Align::left);
  for (const AttackPlan& plan : results.plans)
    table.column(std::string(plan.method.name), Table::Align::left);
  const std::size_t count = (*runs[0])["inputs"].size();
  for (std::size_t i = 0; i < std::min(count, max_rows); ++i) {
    std::vector<std::string> row;
    for (const Json* run : runs) {
      const AttackResult r = attack_result_of((*run)["inputs"][i]);
      if (row.empty()) row = {one_line(r.id), r.original ? one_line(r.original->label) : ""};
      row.push_back(outcome_text(r));
    }
    table.row(std::move(row));
  }
  page_.section("All inputs");
  page_.text("Predictions of the samples; inputs that withstood a method have none.");
  if (count > max_rows)
    page_.note(fmt::format("The first {} of {} inputs.", thousands(static_cast<std::int64_t>(max_rows)),
                           thousands(static_cast<std::int64_t>(count))));
  page_.table(table);
}

void AttackPage::finish(const Results& results, ThreadPool& pool) {
  if (!page_.wanted()) return;
  add_summary(results, pool);
  for (std::size_t i = 0; i < results.plans.size(); ++i)
    add_method(results.plans[i], results.summaries[i], of_methods_[i]);
  add_inputs(results);
  page_.finish();
}

}  // namespace nv
