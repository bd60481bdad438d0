#include "attack/text.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "nv/analysis/attack_curve.h"
#include "nv/analysis/captions.h"
#include "nv/core/letters.h"
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

}  // namespace

std::string label_text(const std::optional<Prediction>& p) {
  return p ? one_line(p->label) : "NaN";
}

std::vector<std::string> attack_columns() {
  return {"method",
          "id",
          "file",
          "status",
          "truth",
          "original.index",
          "original.label",
          "original.score",
          "adversarial.index",
          "adversarial.label",
          "adversarial.score",
          "eps",
          "l0",
          "l1",
          "l2",
          "linf",
          "queries",
          "gradients",
          "zero_gradient",
          "survives_png",
          "files.npy",
          "reason",
          "error"};
}

std::string attack_line(const AttackResult& r, std::optional<std::size_t> width) {
  const std::string start = fmt::format("{:<24} {:<8}", one_line(r.id), status_name(r.status));
  if (r.status == AttackStatus::error) return "";
  if (r.status == AttackStatus::skipped)
    return fmt::format("{} {} ({})\n", start, label_text(r.original), r.reason);
  std::vector<std::string> parts;  // the least important is last
  if (r.zero_gradient) parts.emplace_back("every gradient is 0");
  if (r.survives_png && !*r.survives_png) parts.emplace_back("lost as 8 bits");
  parts.push_back(fmt::format("L2 {:.4g}", r.distances.l2));
  parts.push_back(fmt::format("Linf {:.4g}", r.distances.linf));
  parts.push_back(fmt::format("L0 {:.0f}", r.distances.l0));
  parts.push_back(fmt::format("queries {}", r.queries));
  if (r.gradients > 0) parts.push_back(fmt::format("gradients {}", r.gradients));
  std::string text = fmt::format("{} {} -> {}", start, label_text(r.original), label_text(r.adversarial));
  for (const std::string& part : parts) {
    const std::string longer = fmt::format("{}  {}", text, part);
    if (width && display_width(longer) > *width) break;
    text = longer;
  }
  return text + "\n";
}

namespace {

/// A size of the table and what was found up to it.
struct SizeRow {
  std::optional<double> eps;  ///< nullopt: the smallest change is searched
  AttackSummary summary;
  double robust_accuracy = 0;  ///< NaN if it is not known
  bool all = true;             ///< of the whole run: its queries are known
};

/// Of a run with a curve: larger samples count as failures.
AttackSummary summary_up_to(const std::vector<Json>& items, double eps) {
  AttackSummary summary;
  for (const Json& item : items) {
    AttackResult r = attack_result_of(item);
    if (r.status == AttackStatus::success && item["eps"].get<double>() > eps) r.status = AttackStatus::failed;
    summary.add(r);
  }
  return summary;
}

std::vector<SizeRow> rows_of(const Json& run, const AttackSummary& whole) {
  if (!run.contains("curve")) {
    const Json& eps = run["params"]["eps"];
    return {{eps.is_number() ? std::optional(eps.get<double>()) : std::nullopt, whole,
             whole.robust_accuracy(), true}};
  }
  const auto items = run["inputs"].get<std::vector<Json>>();
  const RobustnessCurve accuracy = attack_curve_of(items);
  std::vector<SizeRow> rows;
  for (const Json& point : run["curve"]) {
    const auto eps = point["eps"].get<double>();
    rows.push_back({eps, summary_up_to(items, eps), accuracy.accuracy(eps), false});
  }
  rows.back().all = true;
  return rows;
}

attacks::Bounds bounds_of(const Json& run) {
  const Json& bounds = run["params"]["bounds"];
  return {bounds[0].get<float>(), bounds[1].get<float>()};
}

/// "0.1"; "4/255 = 0.01569".
std::string size_text(std::optional<double> eps, const attacks::Bounds& bounds) {
  if (!eps) return "smallest";
  const std::string text = attacks::eps_text(*eps, bounds);
  return text.find('/') == std::string::npos ? text : fmt::format("{} = {:.4g}", text, *eps);
}

std::string share_text(double x) {
  return std::isnan(x) ? "-" : score_text(x);
}

/// Queries of a run per attacked input.
std::string queries_text(const AttackSummary& s) {
  if (s.attacked == 0) return "-";
  const double mean = static_cast<double>(s.queries) / static_cast<double>(s.attacked);
  return mean < 10 && mean != std::floor(mean) ? fmt::format("{:.1f}", mean) : thousands(std::llround(mean));
}

}  // namespace

Table attack_table(const Json& document, std::span<const AttackSummary> summaries) {
  Table table;
  for (const char* name : {"method", "norm", "eps"}) table.column(name, Table::Align::left);
  for (const char* name : {"attacked", "succeeded"}) table.column(name, Table::Align::right);
  constexpr std::pair<const char*, const char*> figures[] = {{"success", "rate"},   {"robust", "accuracy"},
                                                             {"median", "Linf"},    {"median", "L2"},
                                                             {"survive", "as PNG"}, {"queries", "per input"}};
  for (const auto& [upper, lower] : figures) table.column(upper, lower, Table::Align::right);
  table.expendable({4, 10, 1});  // succeeded follows from the rate; queries; the norm from the method
  const std::vector<const Json*> runs = attack_runs(document);
  for (std::size_t i = 0; i < runs.size(); ++i)
    for (const SizeRow& row : rows_of(*runs[i], summaries[i])) {
      const AttackSummary& s = row.summary;
      table.row({(*runs[i])["method"].get<std::string>(), (*runs[i])["params"]["norm"].get<std::string>(),
                 size_text(row.eps, bounds_of(*runs[i])), thousands(s.attacked), thousands(s.succeeded),
                 share_text(s.success_rate()), share_text(row.robust_accuracy), median_text(s.linf),
                 median_text(s.l2), s.pictures == 0 ? "-" : thousands(s.survived),
                 row.all ? queries_text(s) : ""});
    }
  return table;
}

Table class_table(const Json& document, std::span<const AttackSummary> summaries,
                  std::span<const std::string> labels) {
  Table table;
  table.column("class", Table::Align::left);
  std::set<std::int64_t> classes;
  for (const Json* run : attack_runs(document))
    table.column((*run)["method"].get<std::string>(), Table::Align::right);
  for (const AttackSummary& s : summaries)
    for (const auto& [index, count] : s.classes) classes.insert(index);
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

/// "500 inputs, values from 0 to 1; 5 skipped: misclassified; accuracy without attack 0.9900".
std::string inputs_text(const Json& run, const AttackSummary& s) {
  const attacks::Bounds bounds = bounds_of(run);
  std::string text = fmt::format("{} input{}, values from {:g} to {:g}", thousands(s.inputs),
                                 s.inputs == 1 ? "" : "s", bounds.low, bounds.high);
  if (s.skipped > 0) {
    std::set<std::string> reasons;
    for (const Json& item : run["inputs"])
      if (item["status"] == "skipped") reasons.insert(one_line(item["reason"].get<std::string>()));
    text += fmt::format("; {} skipped: {}", thousands(s.skipped), fmt::join(reasons, ", "));
  }
  if (s.errors > 0) text += fmt::format("; {} could not be used", thousands(s.errors));
  if (s.with_truth > 0) text += fmt::format("; accuracy without attack {:.4f}", s.clean_accuracy());
  return text + '\n';
}

/// What the table does not say about a run.
std::string notes_text(const Json& run, const AttackSummary& s) {
  const std::string method = one_line(run["method"].get<std::string>());
  std::string text;
  if (s.zero_gradient > 0)
    text += fmt::format("{}: {} of {} inputs had no gradient to follow: every one was 0\n", method,
                        thousands(s.zero_gradient), thousands(s.attacked));
  for (const Json& c : run.value("coverage", Json::array()))
    text += fmt::format("{}: neuron coverage of {}: {:.4f} before, {:.4f} after (of {} neurons)\n", method,
                        one_line(c["model"].get<std::string>()), c["before"].get<double>(),
                        c["after"].get<double>(), c["neurons"].get<std::int64_t>());
  return text;
}

}  // namespace

std::string attack_report(const Console& console, const Json& document,
                          std::span<const AttackSummary> summaries) {
  const std::vector<const Json*> runs = attack_runs(document);
  std::string text = inputs_text(*runs[0], summaries[0]) + attack_table(document, summaries).text(console);
  for (std::size_t i = 0; i < runs.size(); ++i) text += notes_text(*runs[i], summaries[i]);
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
    text += fmt::format("  {:<16}{} ({}; {}{})\n", m.name, m.summary, norms_text(m),
                        m.scope == attacks::Scope::minimum_norm ? "smallest change" : "--eps",
                        m.targeted ? ", --target" : "");
    if (const std::string parameters = parameters_text(m); !parameters.empty())
      text += fmt::format("  {:<16}{}\n", "", parameters);
    text += fmt::format("  {:<16}{}\n", "", console.dim(m.reference));
  }
  return text +
         "\nIn brackets: the norms, the default first (--norm chooses another); --eps: the change is at most "
         "E;\nsmallest change: the smallest change that succeeds is searched; --target: can aim at a "
         "class.\nBelow a method: its parameters and their defaults, by norm if there are several "
         "(2|0.5|10).\nSteps and step size have options of their own; --set NAME=VALUE sets the others.\n";
}

}  // namespace nv
