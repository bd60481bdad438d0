#include "attack/text.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "nv/core/text.h"
#include "nv/report/attack.h"

namespace nv {

namespace {

/// "10000", "0.02", "0.03333".
std::string plain_text(double value) {
  return value == std::floor(value) ? fmt::format("{:.0f}", value) : fmt::format("{:.4g}", value);
}

/// "light, occlusion or blackout".
std::string words_text(const attacks::Parameter& p) {
  std::string text;
  for (std::size_t i = 0; i < p.words.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == p.words.size() ? " or " : ", ", p.words[i]);
  return text;
}

std::string parameter_text(const attacks::Method& m, const attacks::Parameter& p) {
  std::string text = fmt::format("{}=", p.name);
  bool first = true;
  double last = 0;
  for (const attacks::Norm norm : m.norms)
    for (const attacks::Parameter& q : m.parameters(norm)) {
      if (q.name != p.name || (!first && q.value == last)) continue;
      text += fmt::format("{}{}", first ? "" : "|", p.words.empty() ? plain_text(q.value) : words_text(p));
      last = q.value;
      first = false;
    }
  return text + (p.times_eps ? "*eps" : "");
}

std::string parameters_text(const attacks::Method& m) {
  std::string text;
  std::vector<std::string_view> seen;
  for (const attacks::Norm norm : m.norms)
    for (const attacks::Parameter& p : m.parameters(norm)) {
      if (std::ranges::find(seen, p.name) != seen.end()) continue;
      seen.push_back(p.name);
      text += fmt::format("{}{}", text.empty() ? "" : "  ", parameter_text(m, p));
    }
  return text;
}

std::string norms_text(const attacks::Method& m) {
  std::string text;
  for (const attacks::Norm norm : m.norms)
    text += fmt::format("{}{}", text.empty() ? "" : ", ", norm_name(norm));
  return text;
}

std::string median_text(const std::vector<double>& values) {
  const auto m = median(values);
  return m ? fmt::format("{:.4g}", *m) : "-";
}

std::string label_text(const std::optional<Prediction>& p) {
  return p ? one_line(p->label) : "NaN";
}

}  // namespace

std::string attack_line(const AttackResult& r) {
  const std::string start = fmt::format("{:<24} {:<8}", one_line(r.id), status_name(r.status));
  if (r.status == AttackStatus::error) return "";
  if (r.status == AttackStatus::skipped)
    return fmt::format("{} {} ({})\n", start, label_text(r.original), r.reason);
  std::string text =
      fmt::format("{} {} -> {}  L2 {:.4g}  Linf {:.4g}  L0 {:.0f}  queries {}", start, label_text(r.original),
                  label_text(r.adversarial), r.distances.l2, r.distances.linf, r.distances.l0, r.queries);
  if (r.gradients > 0) text += fmt::format("  gradients {}", r.gradients);
  if (r.zero_gradient) text += "  every gradient is 0";
  if (r.survives_png && !*r.survives_png) text += "  lost as 8 bits";
  return text + "\n";
}

Table attack_table(std::span<const AttackPlan> plans, std::span<const AttackSummary> summaries) {
  Table table;
  table.column("method", Table::Align::left);
  for (const char* name :
       {"attacked", "fooled", "rate", "median L0", "median L2", "median Linf", "accuracy before", "after"})
    table.column(name, Table::Align::right);
  const auto share = [](double x) { return std::isnan(x) ? std::string() : fmt::format("{:.4f}", x); };
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const AttackSummary& s = summaries[i];
    table.row({std::string(plans[i].method.name), fmt::format("{}", s.attacked),
               fmt::format("{}", s.succeeded), share(s.success_rate()), median_text(s.l0), median_text(s.l2),
               median_text(s.linf), share(s.clean_accuracy()), share(s.robust_accuracy())});
  }
  return table;
}

Table class_table(std::span<const AttackPlan> plans, std::span<const AttackSummary> summaries,
                  std::span<const std::string> labels) {
  Table table;
  table.column("class", Table::Align::left);
  std::set<std::int64_t> classes;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    table.column(std::string(plans[i].method.name), Table::Align::right);
    for (const auto& [index, count] : summaries[i].classes) classes.insert(index);
  }
  for (const std::int64_t c : classes) {
    std::vector<std::string> row{one_line(class_label(c, labels))};
    for (const AttackSummary& s : summaries) {
      const auto at = s.classes.find(c);
      row.push_back(
          at == s.classes.end() ? "-" : fmt::format("{} of {}", at->second.succeeded, at->second.attacked));
    }
    table.row(std::move(row));
  }
  return table;
}

Table transfer_table(const Json& transfer) {
  Table table;
  table.column("samples of", Table::Align::left);
  for (const Json& model : transfer["models"])
    table.column("fool " + one_line(std::filesystem::path(model.get<std::string>()).filename().string()),
                 Table::Align::right);
  for (const Json& row : transfer["matrix"]) {
    std::vector<std::string> cells{row["method"].get<std::string>()};
    for (std::size_t m = 0; m < row["of"].size(); ++m)
      cells.push_back(
          fmt::format("{} of {}", row["fooled"][m].get<std::int64_t>(), row["of"][m].get<std::int64_t>()));
    table.row(std::move(cells));
  }
  return table;
}

namespace {

/// Figures of one run.
std::string attack_closing(const Console& console, const attacks::Method& method, const attacks::Settings& s,
                           const AttackSummary& sum, const Json& run) {
  std::string text =
      fmt::format("{}: {} of {} fooled", console.bold(method.name), sum.succeeded, sum.attacked);
  if (sum.skipped > 0) text += fmt::format(", {} skipped", sum.skipped);
  if (s.eps)
    text += fmt::format("; {} at most {:.4g} for inputs of {:g} to {:g}", norm_name(s.norm), *s.eps,
                        s.bounds.low, s.bounds.high);
  text += fmt::format("\nmedians  L0 {}  L1 {}  L2 {}  Linf {}\n", median_text(sum.l0), median_text(sum.l1),
                      median_text(sum.l2), median_text(sum.linf));
  if (sum.with_truth > 0)
    text +=
        fmt::format("accuracy {:.4f} before, {:.4f} after\n", sum.clean_accuracy(), sum.robust_accuracy());
  if (sum.pictures > sum.survived)
    text += fmt::format("{} of {} no longer fool once saved as 8 bits\n", sum.pictures - sum.survived,
                        sum.pictures);
  if (sum.zero_gradient > 0)
    text += fmt::format("{} had no gradient to follow: every one was 0\n", sum.zero_gradient);
  for (const Json& c : run.value("coverage", Json::array()))
    text += fmt::format("neuron coverage of {}: {:.4f} before, {:.4f} after (of {} neurons)\n",
                        one_line(c["model"].get<std::string>()), c["before"].get<double>(),
                        c["after"].get<double>(), c["neurons"].get<std::int64_t>());
  return text;
}

}  // namespace

std::string attack_report(const Console& console, std::span<const AttackPlan> plans,
                          std::span<const AttackSummary> summaries, const Json& document,
                          std::span<const std::string> labels) {
  std::string text;
  const std::vector<const Json*> runs = attack_runs(document);
  for (std::size_t i = 0; i < plans.size(); ++i)
    text += attack_closing(console, plans[i].method, plans[i].settings, summaries[i], *runs[i]);
  if (plans.size() > 1)
    text += '\n' + attack_table(plans, summaries).text(console) + '\n' +
            class_table(plans, summaries, labels).text(console);
  if (!plans[0].curve.empty()) {
    Table table;
    table.column("eps", Table::Align::right);
    for (const AttackPlan& plan : plans) table.column(std::string(plan.method.name), Table::Align::right);
    for (std::size_t k = 0; k < plans[0].curve.size(); ++k) {
      std::vector<std::string> row{fmt::format("{:.4g}", plans[0].curve[k])};
      for (const Json* run : runs) {
        const Json& accuracy = (*run)["curve"][k]["robust_accuracy"];
        row.push_back(accuracy.is_number() ? fmt::format("{:.4f}", accuracy.get<double>()) : "-");
      }
      table.row(std::move(row));
    }
    text += "\nrobust accuracy\n" + table.text(console);
  }
  if (document.contains("transfer")) text += '\n' + transfer_table(document["transfer"]).text(console);
  return text;
}

Json attack_closing_json(const Json& document) {
  Json json = document;
  json.erase("inputs");
  if (json.contains("runs"))
    for (Json& run : json["runs"]) run.erase("inputs");
  return json;
}

std::string attack_list_text(const Console& console) {
  std::string text;
  std::string_view group;
  for (const attacks::Method& m : attacks::methods()) {
    if (const std::string_view name = attacks::group_name(m.group); name != group) {
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", console.bold(name));
      group = name;
    }
    text += fmt::format("  {:<16}{} ({}{}{})\n", m.name, m.summary, norms_text(m),
                        m.scope == attacks::Scope::minimum_norm ? ", smallest change" : "",
                        m.targeted ? ", --target" : "");
    if (const std::string parameters = parameters_text(m); !parameters.empty())
      text += fmt::format("  {:<16}{}\n", "", parameters);
    text += fmt::format("  {:<16}{}\n", "", console.dim(m.reference));
  }
  return text;
}

}  // namespace nv
