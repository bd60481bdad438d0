#include "nv/figures/comparison/layer_change.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/captions.h"
#include "nv/analysis/prediction.h"
#include "nv/analysis/statistics.h"
#include "nv/figures/comparison/input_change.h"
#include "nv/figures/drawable.h"
#include "nv/render/charts/bar_chart.h"

namespace nv::figures {

namespace {

void set_heading(render::Heading& heading, const PassPair& pair, const LayerDifference& layer) {
  heading.title = layer.path_b.empty() ? layer.path : fmt::format("{} and {}", layer.path, layer.path_b);
  heading.kind = layer.kind;
  heading.shape_text = fmt::format("{}  ·  relative L2 {}, cosine {}", layer.shape.str(" × "),
                                   render::compact_number(layer.values.relative_l2),
                                   render::compact_number(layer.values.cosine));
  heading.source = model_names(pair);
  heading.caption = pair.caption;
}

/// The channels that differ most. Frozen ones are among them, also if they were 0 before.
std::vector<std::int64_t> shown_channels(const PassPair& pair, const LayerDifference& layer, std::size_t top,
                                         const Style& style) {
  if (style.channels) return chosen_channels(style, layer.path, layer.values.channels.size());
  const std::vector<std::int64_t> frozen = pair.b.engine.frozen_channels(partner(pair, layer.index));
  const auto is_frozen = [&](std::int64_t c) { return std::ranges::binary_search(frozen, c); };
  std::size_t others = top - std::min(top, frozen.size());
  std::vector<std::int64_t> list;
  for (const ChannelDifference& c : layer.values.channels) {
    if (list.size() == top || (!is_frozen(c.channel) && others == 0)) continue;
    others -= is_frozen(c.channel) ? 0 : 1;
    list.push_back(c.channel);
  }
  return list;
}

/// Which units are shown, and in which order.
std::string order_text(std::size_t shown, std::int64_t units, bool chosen) {
  if (units == 1) return "value of the unit";
  const std::string which = static_cast<std::int64_t>(shown) < units
                                ? fmt::format("{} of {} units", shown, units)
                                : fmt::format("all {} units", units);
  return fmt::format("value; {}, {}", which, chosen ? "as chosen" : "the largest difference first");
}

render::Scene unit_change(const PassPair& pair, const LayerDifference& layer, const OutputPair& outputs,
                          const std::vector<std::int64_t>& shown, const Style& style,
                          const render::Page& page) {
  render::BarChart chart;
  set_heading(chart, pair, layer);
  chart.series = {pair.name_a, pair.name_b};
  const std::vector<std::int64_t> frozen_a = pair.a.engine.frozen_channels(layer.index),
                                  frozen_b = pair.b.engine.frozen_channels(partner(pair, layer.index));
  const bool classes = pair.labels.size() == static_cast<std::size_t>(outputs.a.size());
  for (const std::int64_t u : shown) {
    std::string name = classes ? class_label(u, pair.labels) : fmt::format("{}", u);
    if (std::ranges::binary_search(frozen_a, u) || std::ranges::binary_search(frozen_b, u))
      name += " (frozen)";
    chart.rows.push_back({name, {static_cast<double>(outputs.a[u]), static_cast<double>(outputs.b[u])}});
  }
  chart.meaning = order_text(shown.size(), outputs.a.size(), style.channels.has_value());
  chart.theme = style.theme;
  chart.page = page;
  chart.page.width = page.exact ? page.width : std::min(page.width, 640.0);
  return draw(chart);
}

}  // namespace

render::Scene layer_change(const PassPair& pair, const LayerDifference& layer, std::size_t top,
                           const Style& style, const render::Page& page) {
  if (!style.channels)
    if (std::optional<PictureChange> input = input_change(pair, layer.index, style)) {
      set_heading(*input, pair, layer);
      input->page = page;
      return draw(*input);
    }
  const OutputPair outputs = outputs_of(pair, layer.index);
  const bool vector = outputs.a.shape().rank() <= 1;
  const std::vector<std::int64_t> shown = shown_channels(pair, layer, vector ? 2 * top : top, style);
  if (vector) return unit_change(pair, layer, outputs, shown, style, page);
  const std::vector<FeatureMap> before = side_maps(pair.a, layer.index, outputs.a),
                                after = side_maps(pair.b, partner(pair, layer.index), outputs.b);
  ChangeSheet sheet;
  set_heading(sheet, pair, layer);
  sheet.before_name = pair.name_a;
  sheet.after_name = pair.name_b;
  sheet.difference_name = pair.name_difference;
  sheet.channels = static_cast<int>(before.size());
  const std::vector<render::Map> maps_a = drawable(before, pair.a.engine, layer.index);
  const std::vector<render::Map> maps_b = drawable(after, pair.b.engine, partner(pair, layer.index));
  for (const std::int64_t c : shown)
    sheet.pairs.push_back({maps_a[static_cast<std::size_t>(c)], maps_b[static_cast<std::size_t>(c)]});
  if (style.channels) {
    sheet.chosen = true;
    sheet.tile = 4000;  // as large as fits
  }
  sheet.map = style.map;
  sheet.theme = style.theme;
  sheet.page = page;
  return draw(sheet);
}

}  // namespace nv::figures
