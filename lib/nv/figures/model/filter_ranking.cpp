#include "nv/figures/model/filter_ranking.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "nv/render/charts/bar_chart.h"

namespace nv::figures {

namespace {

std::string class_name(std::int64_t index, const std::vector<std::string>& labels) {
  if (index < 0) return "none";
  const auto at = static_cast<std::size_t>(index);
  return at < labels.size() ? labels[at] : std::to_string(index);
}

std::string counted(std::size_t n, const char* what) {
  return fmt::format("{} {}{}", thousands(static_cast<long long>(n)), what, n == 1 ? "" : "s");
}

}  // namespace

std::string changed_predictions(const FilterImportance& f, std::size_t inputs,
                                const std::vector<std::string>& labels, std::string_view arrow) {
  if (f.changed == 0) return {};
  if (inputs > 1)
    return fmt::format("{} of {} changed", thousands(f.changed), thousands(static_cast<long long>(inputs)));
  return fmt::format("{} {} {}", class_name(f.before, labels), arrow, class_name(f.after, labels));
}

render::Scene filter_ranking(const Model& model, std::span<const FilterImportance> filters, std::size_t shown,
                             std::size_t inputs, const std::vector<std::string>& labels, const Style& style,
                             const render::Page& page) {
  render::BarChart chart;
  chart.title = "importance of filters";
  chart.source = model_title(model);
  chart.caption =
      shown < filters.size()
          ? fmt::format(
                "{} of {} filters: most changed predictions, then largest change of the score; over {}",
                shown, thousands(static_cast<long long>(filters.size())), counted(inputs, "input"))
          : fmt::format("{}, over {}", counted(filters.size(), "filter"), counted(inputs, "input"));
  for (const FilterImportance& f : filters.first(shown)) {
    const std::string change = changed_predictions(f, inputs, labels, "→");
    chart.rows.push_back({fmt::format("{}:{}", f.path, f.channel), {-f.score_change}, change});
  }
  // NaN is the largest change.
  std::ranges::stable_sort(chart.rows, std::greater<>(), [](const render::BarChart::Row& row) {
    return std::isnan(row.values[0]) ? INFINITY : row.values[0];
  });
  chart.meaning = "mean fall of the predicted class's score without the filter";
  chart.theme = style.theme;
  chart.page = page;
  return draw(chart);
}

}  // namespace nv::figures
