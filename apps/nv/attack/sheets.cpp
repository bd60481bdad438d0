#include "attack/sheets.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "nv/figures/attack/robustness_curve.h"
#include "nv/figures/attack/sample_sheet.h"
#include "nv/figures/attack/transfer_map.h"
#include "nv/report/attack.h"

namespace nv {

std::optional<NamedSheet> sample_sheet(const SampleSource& s, const SheetStyle& style) {
  const auto sheet = figures::sample_sheet(
      {s.result, s.original, s.attacker, s.plan.method.name, s.plan.settings.bounds, s.model, s.labels},
      style);
  if (!sheet) return std::nullopt;
  return NamedSheet{"sheet", picture_title(s.model, fmt::format("{} by {}", s.result.id, s.plan.method.name)),
                    [sheet = *sheet](const figures::Style& in, const render::Page& page) {
                      figures::PictureChange sized = sheet;
                      sized.theme = in.theme;
                      sized.page = page;
                      return draw(sized);
                    }};
}

namespace {

figures::RobustnessCurve::Line line_of(const Json& run) {
  const auto items = run["inputs"].get<std::vector<Json>>();
  const RobustnessCurve accuracy = attack_curve_of(items);
  figures::RobustnessCurve::Line line{run["method"].get<std::string>(), {}, accuracy.inputs()};
  if (accuracy.inputs() == 0) return line;
  line.points.push_back({0, accuracy.accuracy(0)});
  for (const Json& point : run["curve"]) {
    const auto eps = point["eps"].get<double>();
    line.points.push_back({eps, accuracy.accuracy(eps)});
  }
  return line;
}

/// As set in pictures: "L2", "L∞".
std::string norm_sign(const Json& run) {
  const auto norm = run["params"]["norm"].get<std::string>();
  return norm == "Linf" ? "L∞" : norm;
}

/// nullopt without --curve, or if no input was attacked.
std::optional<figures::RobustnessCurve> curve_of(const Json& document) {
  figures::RobustnessCurve curve;
  const std::vector<const Json*> runs = attack_runs(document);
  curve.truth = false;
  for (const Json* run : runs) {
    if (!run->contains("curve")) return std::nullopt;
    curve.lines.push_back(line_of(*run));
    curve.truth = curve.truth || (*run)["summary"].contains("clean_accuracy");
  }
  if (std::ranges::all_of(curve.lines, [](const auto& line) { return line.points.empty(); }))
    return std::nullopt;
  const std::string norm = norm_sign(*runs[0]);
  if (std::ranges::all_of(runs, [&](const Json* run) { return norm_sign(*run) == norm; }))
    curve.norm = norm;
  else
    for (std::size_t i = 0; i < runs.size(); ++i)
      curve.lines[i].method += fmt::format(" ({})", norm_sign(*runs[i]));
  const Json& params = (*runs[0])["params"];
  curve.lo = params["bounds"][0].get<double>();
  curve.hi = params["bounds"][1].get<double>();
  return curve;
}

figures::TransferCounts transfer_of(const Json& transfer) {
  figures::TransferCounts counts;
  for (const Json& other : transfer["models"])
    counts.models.push_back(std::filesystem::path(other.get<std::string>()).filename().string());
  for (const Json& row : transfer["matrix"]) {
    counts.methods.push_back(row["method"].get<std::string>());
    for (std::size_t m = 0; m < counts.models.size(); ++m)
      counts.cells.push_back({row["fooled"][m].get<std::int64_t>(), row["of"][m].get<std::int64_t>()});
  }
  return counts;
}

}  // namespace

std::vector<NamedSheet> attack_sheets(const Json& document, const std::string& model) {
  std::vector<NamedSheet> sheets;
  if (auto curve = curve_of(document)) {
    curve->model = model;
    sheets.push_back({"curve", fmt::format("{}: accuracy by eps", model),
                      [curve = *curve](const figures::Style& style, const render::Page& page) {
                        return figures::robustness_curve(curve, style, page);
                      }});
  }
  if (document.contains("transfer")) {
    figures::TransferCounts counts = transfer_of(document["transfer"]);
    counts.model = model;
    sheets.push_back({"transfer", fmt::format("{}: transfer", model),
                      [counts](const figures::Style& style, const render::Page& page) {
                        return figures::transfer_map(counts, style, page);
                      }});
  }
  return sheets;
}

}  // namespace nv
