#include "nv/figures/comparison/layer_change.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/captions.h"
#include "nv/analysis/prediction.h"
#include "nv/analysis/statistics.h"
#include "nv/figures/drawable.h"
#include "nv/render/charts/bar_chart.h"

namespace nv::figures {

namespace {

void set_heading(render::Heading& heading, const PassPair& pair, const LayerDifference& layer) {
  heading.title = layer.path_b.empty() ? layer.path : fmt::format("{} and {}", layer.path, layer.path_b);
  heading.kind = layer.kind;
  heading.shape_text = layer.shape.str(" × ");
  heading.source = model_title(pair.a.engine.model());
  heading.caption = fmt::format("{}  ·  relative L2 {}, cosine {}", pair.caption,
                                render::compact_number(layer.values.relative_l2),
                                render::compact_number(layer.values.cosine));
}

/// The node of B that matches `node` of A.
std::size_t partner(const PassPair& pair, std::size_t node) {
  return std::ranges::find(pair.matching.pairs, node, &std::pair<std::size_t, std::size_t>::first)->second;
}

std::vector<std::int64_t> shown_channels(const LayerDifference& layer, std::size_t top, const Style& style) {
  if (style.channels) return chosen_channels(style, layer.path, layer.values.channels.size());
  std::vector<std::int64_t> list;
  for (const ChannelDifference& c : layer.values.channels)
    if (list.size() < top) list.push_back(c.channel);
  return list;
}

render::Scene unit_change(const PassPair& pair, const LayerDifference& layer, const Tensor& a,
                          const Tensor& b, const std::vector<std::int64_t>& shown, const Style& style,
                          const render::Page& page) {
  render::BarChart chart;
  set_heading(chart, pair, layer);
  chart.series = {pair.name_a, pair.name_b};
  for (const std::int64_t u : shown)
    chart.rows.push_back({pair.labels.size() == static_cast<std::size_t>(a.size())
                              ? class_label(u, pair.labels)
                              : fmt::format("{}", u),
                          {static_cast<double>(a[u]), static_cast<double>(b[u])}});
  chart.meaning = fmt::format("value of the {} of {} units that differ most", shown.size(), a.size());
  chart.theme = style.theme;
  chart.page = page;
  chart.page.width = page.exact ? page.width : std::min(page.width, 640.0);
  return draw(chart);
}

}  // namespace

render::Scene layer_change(const PassPair& pair, const LayerDifference& layer, std::size_t top,
                           const Style& style, const render::Page& page) {
  const std::size_t other = partner(pair, layer.index);
  const Tensor a = pair.a.trace.outputs[layer.index].item(pair.a.item);
  const Tensor b = pair.b.trace.outputs[other].item(pair.b.item);
  const std::vector<std::int64_t> shown = shown_channels(layer, a.shape().rank() <= 1 ? 2 * top : top, style);
  if (a.shape().rank() <= 1) return unit_change(pair, layer, a, b, shown, style, page);
  const std::vector<FeatureMap> before =
      feature_maps(a, pair.a.engine.structure().nodes[layer.index].channels_first);
  const std::vector<FeatureMap> after =
      feature_maps(b, pair.b.engine.structure().nodes[other].channels_first);
  ChangeSheet sheet;
  set_heading(sheet, pair, layer);
  sheet.before_name = pair.name_a;
  sheet.after_name = pair.name_b;
  sheet.difference_name = fmt::format("{} − {}", pair.name_b, pair.name_a);
  sheet.channels = static_cast<int>(before.size());
  const std::vector<render::Map> maps_a = drawable(before, pair.a.engine, layer.index);
  const std::vector<render::Map> maps_b = drawable(after, pair.b.engine, other);
  for (const std::int64_t c : shown)
    sheet.pairs.push_back({maps_a[static_cast<std::size_t>(c)], maps_b[static_cast<std::size_t>(c)]});
  if (style.channels) sheet.tile = 4000;  // as large as fits
  sheet.map = style.map;
  sheet.theme = style.theme;
  sheet.page = page;
  return draw(sheet);
}

}  // namespace nv::figures
