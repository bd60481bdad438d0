#include "nv/figures/pass/layer_sheet.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/core/text.h"
#include "nv/figures/drawable.h"
#include "nv/figures/pass/overview.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/sequences.h"
#include "nv/render/charts/unit_bars.h"

namespace nv::figures {

namespace {

/// The output that `node` is, if it classifies; else nullptr.
const OutputKind* classifier_at(const Pass& pass, std::size_t node) {
  for (const OutputKind& o : pass.outputs)
    if (o.classifies && static_cast<std::size_t>(o.value.node) == node) return &o;
  return nullptr;
}

/// Signed data are symmetric about 0, as in the overview, unless each channel has its own scale.
render::ScaleMode scale_mode(const Tensor& output, const Style& style) {
  const bool negative = render::range_of(output.values()).lo < 0;
  return style.scale == render::ScaleMode::shared && negative ? render::ScaleMode::symmetric : style.scale;
}

render::Scene score_sheet(const Pass& pass, const OutputKind& output, const Style& style,
                          const render::Page& page) {
  ScoreBars bars = score_bars(pass, output, style, page);
  bars.top = 20;
  return draw(bars);
}

render::Scene unit_sheet(const Pass& pass, std::size_t node, const Tensor& output, const Style& style,
                         const render::Page& page) {
  render::UnitBars bars;
  bars.values = output.values();
  bars.frozen = frozen_channels(pass.engine, node);
  bars.map = style.map;
  bars.theme = style.theme;
  bars.page = page;
  set_heading(bars, pass, node, output.shape());
  return draw(bars);
}

render::Scene sequence_sheet(const Pass& pass, std::size_t node, const Tensor& output,
                             const std::vector<FeatureMap>& maps, const Style& style,
                             const render::Page& page) {
  std::vector<float> rows;
  for (const FeatureMap& m : maps) rows.insert(rows.end(), m.values.begin(), m.values.end());
  render::SequenceSheet sheet;
  sheet.channels = static_cast<int>(maps.size());
  sheet.length = maps.empty() ? 0 : static_cast<int>(maps[0].values.size());
  sheet.values = rows;
  sheet.frozen = frozen_channels(pass.engine, node);
  sheet.scale = scale_mode(output, style);
  sheet.map = style.map;
  sheet.theme = style.theme;
  sheet.page = page;
  set_heading(sheet, pass, node, output.shape());
  return draw(sheet);
}

/// The maps that the style chooses; by default all.
std::vector<render::Map> chosen_maps(const Pass& pass, std::size_t node, const std::vector<FeatureMap>& maps,
                                     const Style& style) {
  std::vector<render::Map> all = drawable(maps, pass.engine, node);
  if (!style.channels) return all;
  std::vector<render::Map> chosen;
  for (const std::int64_t c : chosen_channels(style, pass.engine.model().nodes[node].path, all.size()))
    chosen.push_back(all[static_cast<std::size_t>(c)]);
  return chosen;
}

/// On a page of exact width no taller than a page of paper: if need be with the most active channels only.
render::Scene within_page(render::MapGrid grid) {
  const std::vector<render::Map> all = grid.maps;
  render::Scene scene = draw(grid);
  // A column of a journal and a whole page, about 84 and 174 mm wide.
  const double tallest = grid.page.width * (grid.page.width < 600 ? 2.6 : 1.35);
  if (!grid.page.exact || scene.height <= tallest) return scene;
  // As many as are legible, with their numbers and gutters.
  const double side = std::max(24.0, all[0].cols * grid.page.grain);
  double fitting = (grid.page.width - 110) * (tallest - 150) / ((side + 8) * (side + 22));
  while (scene.height > tallest && grid.maps.size() > 16) {
    grid.maps = most_active(all, static_cast<std::size_t>(std::max(16.0, fitting)));
    if (grid.maps.empty()) break;
    fitting *= 0.9;
    std::ranges::sort(grid.maps, {}, &render::Map::channel);
    grid.remark = fmt::format("{} most active of {} channels", grid.maps.size(),
                              thousands(static_cast<long long>(all.size())));
    scene = draw(grid);
  }
  return scene;
}

}  // namespace

render::Scene layer_sheet(const Pass& pass, std::size_t node, const Style& style, const render::Page& page) {
  if (const OutputKind* output = classifier_at(pass, node)) return score_sheet(pass, *output, style, page);
  const Tensor output = pass.trace.outputs[node].item(pass.item);
  if (output.shape().rank() <= 1) return unit_sheet(pass, node, output, style, page);
  const std::vector<FeatureMap> maps =
      feature_maps(output, pass.engine.structure().nodes[node].channels_first);
  if (output.shape().rank() == 2) return sequence_sheet(pass, node, output, maps, style, page);
  render::MapGrid grid;
  grid.maps = chosen_maps(pass, node, maps, style);
  grid.scale = scale_mode(output, style);
  grid.map = style.map;
  grid.theme = style.theme;
  grid.page = page;
  set_heading(grid, pass, node, output.shape());
  return style.channels ? draw(grid) : within_page(grid);
}

}  // namespace nv::figures
