#include "attack_sheets.h"

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <numeric>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/preprocess.h"
#include "nv/render/heat_map.h"
#include "nv/render/plots.h"
#include "nv/render/sample_sheet.h"
#include "nv/report/attack.h"

namespace nv {

namespace {

constexpr std::size_t most_classes = 6;

/// sample - original as rows x cols x channels, in the unit of the bounds.
std::vector<float> change_of(const SampleSource& s, const Picture& shape) {
  const InputSpec& spec = s.attacker.spec();
  const Tensor before = unscale_pixels(s.original, spec, s.attacker.pictures());
  const Tensor after = unscale_pixels(s.result.sample, spec, s.attacker.pictures());
  const auto channels = static_cast<std::size_t>(shape.channels),
             cells = static_cast<std::size_t>(shape.width * shape.height);
  const float unit = s.plan.settings.bounds.range() / 255;
  std::vector<float> change(channels * cells);
  for (std::size_t cell = 0; cell < cells; ++cell)
    for (std::size_t c = 0; c < channels; ++c) {
      const auto from =
          static_cast<std::int64_t>(spec.channels_first ? c * cells + cell : cell * channels + c);
      change[cell * channels + c] = (after[from] - before[from]) * unit;
    }
  return change;
}

/// The classes that the model says most of, before or after.
std::vector<render::SampleSheet::Score> scores_of(const SampleSource& s) {
  const std::vector<float>&before = s.result.scores_before, &after = s.result.scores_after;
  std::vector<render::SampleSheet::Score> scores;
  if (before.size() != after.size() || before.size() < 2) return scores;
  std::vector<std::size_t> order(before.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    return std::max(before[a], after[a]) > std::max(before[b], after[b]);
  });
  order.resize(std::min(order.size(), most_classes));
  for (const std::size_t k : order)
    scores.push_back({class_label(static_cast<std::int64_t>(k), s.labels), static_cast<double>(before[k]),
                      static_cast<double>(after[k])});
  return scores;
}

}  // namespace

std::optional<NamedSheet> sample_sheet(const SampleSource& s, const SheetStyle& style) {
  if (!s.result.picture) return std::nullopt;
  render::SampleSheet sheet;
  try {
    sheet.original = drawable(to_picture(s.original, s.attacker.spec(), s.attacker.pictures()));
  } catch (const Error&) {
    return std::nullopt;
  }
  sheet.adversarial = drawable(*s.result.picture);
  sheet.original.caption = prediction_text(s.result.original);
  sheet.adversarial.caption = prediction_text(s.result.adversarial);
  sheet.rows = sheet.original.height;
  sheet.cols = sheet.original.width;
  sheet.channels = static_cast<int>(s.result.picture->channels);
  sheet.range = s.plan.settings.bounds.range();
  sheet.scores = scores_of(s);
  sheet.meaning = gives_probabilities(s.attacker.output().activation) ? "probability" : "score";
  const std::string method(s.plan.method.name);
  sheet.title = s.result.id;
  sheet.kind = method;
  sheet.model = model_title(s.model);
  sheet.caption = fmt::format("L2 {:.4g}  ·  Linf {:.4g}  ·  {:.0f} values changed", s.result.distances.l2,
                              s.result.distances.linf, s.result.distances.l0);
  sheet.theme = style.theme;
  return NamedSheet{"sheet", picture_title(s.model, fmt::format("{} by {}", s.result.id, method)),
                    [sheet, change = change_of(s, *s.result.picture)](const render::Page& page) {
                      render::SampleSheet sized = sheet;
                      sized.difference = change;
                      sized.page = page;
                      return draw(sized);
                    }};
}

std::optional<NamedSheet> curve_sheet(const Json& document, const Model& model, const SheetStyle& style) {
  render::LinePlot plot;
  const std::vector<const Json*> runs = attack_runs(document);
  for (const Json* run : runs) {
    if (!run->contains("curve")) return std::nullopt;
    render::LinePlot::Series series{(*run)["method"].get<std::string>(), {}};
    for (const Json& point : (*run)["curve"])
      if (point["robust_accuracy"].is_number())
        series.points.push_back({point["eps"].get<double>(), point["robust_accuracy"].get<double>()});
    plot.series.push_back(std::move(series));
  }
  const Json& params = (*runs[0])["params"];
  const bool one_norm =
      std::ranges::all_of(runs, [&](const Json* run) { return (*run)["params"]["norm"] == params["norm"]; });
  plot.title = "accuracy by the size of the change";
  plot.model = model_title(model);
  plot.x_label =
      fmt::format("eps ({}inputs of {:g} to {:g})", one_norm ? params["norm"].get<std::string>() + ", " : "",
                  params["bounds"][0].get<double>(), params["bounds"][1].get<double>());
  plot.y_label = "robust accuracy";
  plot.y_lo = 0;
  plot.y_hi = 1;
  plot.theme = style.theme;
  return NamedSheet{"curve", picture_title(model, "accuracy by eps"), [plot](const render::Page& page) {
                      render::LinePlot sized = plot;
                      sized.page = page;
                      return draw(sized);
                    }};
}

NamedSheet transfer_sheet(const Json& transfer, const Model& model, const SheetStyle& style) {
  render::HeatMap map;
  map.title = "transfer";
  map.model = model_title(model);
  map.row_noun = "made by";
  map.column_noun = "tried on";
  map.meaning = "fooled";
  map.theme = style.theme;
  for (const Json& other : transfer["models"])
    map.columns.push_back(std::filesystem::path(other.get<std::string>()).filename().string());
  for (const Json& row : transfer["matrix"]) {
    map.rows.push_back(row["method"].get<std::string>());
    for (const Json& rate : row["rate"]) map.values.push_back(rate.is_number() ? rate.get<double>() : NAN);
  }
  return {"transfer", picture_title(model, "transfer"), [map](const render::Page& page) {
            render::HeatMap sized = map;
            sized.page = page;
            return draw(sized);
          }};
}

}  // namespace nv
