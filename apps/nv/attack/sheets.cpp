#include "attack/sheets.h"

#include <algorithm>
#include <cmath>
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
                    [sheet = *sheet](const render::Page& page) {
                      figures::SampleSheet sized = sheet;
                      sized.page = page;
                      return draw(sized);
                    }};
}

std::optional<NamedSheet> curve_sheet(const Json& document, const Model& model, const SheetStyle& style) {
  figures::RobustnessCurve curve;
  const std::vector<const Json*> runs = attack_runs(document);
  for (const Json* run : runs) {
    if (!run->contains("curve")) return std::nullopt;
    figures::RobustnessCurve::Line line{(*run)["method"].get<std::string>(), {}};
    for (const Json& point : (*run)["curve"])
      if (point["robust_accuracy"].is_number())
        line.points.push_back({point["eps"].get<double>(), point["robust_accuracy"].get<double>()});
    curve.lines.push_back(std::move(line));
  }
  const Json& params = (*runs[0])["params"];
  if (std::ranges::all_of(runs, [&](const Json* run) { return (*run)["params"]["norm"] == params["norm"]; }))
    curve.norm = params["norm"].get<std::string>();
  curve.lo = params["bounds"][0].get<double>();
  curve.hi = params["bounds"][1].get<double>();
  curve.model = model_title(model);
  return NamedSheet{
      "curve", picture_title(model, "accuracy by eps"),
      [curve, style](const render::Page& page) { return figures::robustness_curve(curve, style, page); }};
}

NamedSheet transfer_sheet(const Json& transfer, const Model& model, const SheetStyle& style) {
  figures::TransferRates rates;
  rates.model = model_title(model);
  for (const Json& other : transfer["models"])
    rates.models.push_back(std::filesystem::path(other.get<std::string>()).filename().string());
  for (const Json& row : transfer["matrix"]) {
    rates.methods.push_back(row["method"].get<std::string>());
    for (const Json& rate : row["rate"]) rates.fooled.push_back(rate.is_number() ? rate.get<double>() : NAN);
  }
  return {"transfer", picture_title(model, "transfer"),
          [rates, style](const render::Page& page) { return figures::transfer_map(rates, style, page); }};
}

}  // namespace nv
