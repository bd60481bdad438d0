#include "nv/figures/model/filter_ranking.h"

#include <fmt/format.h>

#include "nv/render/charts/bar_chart.h"

namespace nv::figures {

render::Scene filter_ranking(const Model& model, std::span<const FilterImportance> filters, std::size_t shown,
                             std::size_t inputs, const Style& style, const render::Page& page) {
  render::BarChart chart;
  chart.title = "what each filter is worth";
  chart.source = model.name;
  chart.caption =
      fmt::format("the {} of {} filters that are worth most, over {} inputs", shown, filters.size(), inputs);
  for (const FilterImportance& f : filters.first(shown))
    chart.rows.push_back(
        {fmt::format("{}:{}  ({} changed)", f.path, f.channel, f.changed), {f.score_change}});
  chart.meaning = "mean change of the predicted class's score without the filter";
  chart.theme = style.theme;
  chart.page = page;
  return draw(chart);
}

}  // namespace nv::figures
