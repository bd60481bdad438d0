#include "nv/figures/comparison/difference_growth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/charts/axis.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// A layer, or the one with the largest difference of several.
struct GrowthRow {
  std::string name;
  double total = 0, own = undefined;
};

/// Sizes in px.
struct GrowthLayout {
  PlotAxis axis;
  double names = 0, row = 0, bar = 0;
  bool own = false, numbers = false;
  std::size_t named = 1;  ///< every so many rows have their name
};

std::vector<GrowthRow> rows_of(const std::vector<LayerDifference>& layers, std::size_t group) {
  std::vector<GrowthRow> rows;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const GrowthRow row{layers[i].path, layers[i].values.relative_l2,
                        layers[i].own_relative_l2.value_or(undefined)};
    if (i % group == 0) {
      rows.push_back(row);
      continue;
    }
    GrowthRow& last = rows.back();
    const double own = std::fmax(last.own, row.own);
    if (!(row.total <= last.total)) last = row;  // NaN counts as the largest
    last.own = own;
  }
  return rows;
}

/// The bars reach from 0 to `width`; names are whole unless the page is exact and has no room for them.
GrowthLayout layout_of(Sheet& sheet, const std::vector<GrowthRow>& rows, const Page& page) {
  constexpr double least_bars = 160, usual_bars = 420;
  GrowthLayout l;
  double numbers = 0;
  l.axis.hi = 0;
  for (const GrowthRow& row : rows) {
    l.own = l.own || !std::isnan(row.own);
    l.names = std::max(l.names, sheet.font.width(one_line(row.name), small_size));
    for (const double v : {row.total, row.own}) {
      if (std::isfinite(v)) l.axis.hi = std::max(l.axis.hi, v);
      numbers = std::max(numbers, sheet.font.width(compact_number(v), small_size));
    }
  }
  if (l.axis.hi == 0) l.axis.hi = 1;
  const double most = rows.size() <= 40 ? (l.own ? 22 : 18) : 16;
  l.row = std::clamp(std::floor(1000.0 / static_cast<double>(rows.size())), 3.0, most);
  l.numbers = l.row >= (l.own ? 22 : 13);
  l.named = static_cast<std::size_t>(std::ceil((small_size + 2) / l.row));
  const double beside = 8 + (l.numbers ? numbers + 6 : 8);
  const double room = page.width - 2 * sheet.margin - beside;
  if (page.exact) l.names = std::min(l.names, room * 0.65);
  const double bars = page.exact ? room - l.names : std::clamp(room - l.names, least_bars, usual_bars);
  l.axis.from = std::round(sheet.margin + l.names + 8);
  l.axis.to = std::floor(l.axis.from + bars);
  sheet.scene.width = std::ceil(l.axis.to + beside - 8 + sheet.margin);
  if (!page.exact) sheet.scene.width = std::max(sheet.scene.width, std::min(least_width, page.width));
  l.bar = std::max(1.0, l.row - (l.row > 8 ? 5 : l.row > 4 ? 2 : 1));
  if (l.own) l.bar = std::max(1.0, std::floor(l.bar / 2));
  return l;
}

void add_bar(Sheet& sheet, const GrowthLayout& l, double value, std::size_t series, double y) {
  const double end = std::isfinite(value) ? std::round(l.axis.at(value)) : l.axis.from;
  if (value > 0 && std::isfinite(value))
    sheet.scene.fill(l.axis.from, y, std::max(1.0, end - l.axis.from), l.bar,
                     series_style(sheet.theme, series).colour);
  if (l.numbers && !(series == 1 && std::isnan(value)))
    sheet.put(end + 5, std::round(y + l.bar / 2 + 4), compact_number(value), l.own ? 9 : small_size,
              sheet.theme.ink);
}

void add_rows(Sheet& sheet, const std::vector<GrowthRow>& rows, const GrowthLayout& l, double top) {
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double y = top + static_cast<double>(i) * l.row, middle = y + l.row / 2;
    const double bars = l.own ? 2 * l.bar + 1 : l.bar;
    if (i % l.named == 0) {
      const std::string name = sheet.font.fitted_middle(one_line(rows[i].name), small_size, l.names);
      sheet.put(l.axis.from - 8, std::round(middle + 4), name, small_size, sheet.theme.ink, Anchor::end);
      if (l.named > 1)
        sheet.scene.line({l.axis.from - 5, middle}, {l.axis.from, middle}, {sheet.theme.muted, 1, 0});
    }
    add_bar(sheet, l, rows[i].total, 0, std::floor(middle - bars / 2));
    if (l.own) add_bar(sheet, l, rows[i].own, 1, std::floor(middle - bars / 2) + l.bar + 1);
  }
}

/// Numbers of the axis, which is below, and grid lines if the bars have no numbers; returns the y below.
double add_axis(Sheet& sheet, const GrowthLayout& l, double top, double bottom) {
  const AxisTicks ticks = ticks_of(l.axis, l.axis.to - l.axis.from < 250 ? 3 : 5);
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double x = std::round(l.axis.at(ticks.at[i])) + 0.5;
    if (ticks.at[i] > 0 && !l.numbers) sheet.scene.line({x, top}, {x, bottom}, sheet.hairline());
    sheet.put(x, bottom + 15, ticks.labels[i], small_size, sheet.theme.muted, Anchor::middle);
  }
  return bottom + 15;
}

std::string caption_of(const PassPair& pair, const std::vector<LayerDifference>& layers) {
  const bool own = std::ranges::any_of(layers, [](const auto& l) { return l.own_relative_l2.has_value(); });
  if (!own) return pair.caption;
  const LayerDifference* divergent = first_divergent(layers, own_error_tolerance);
  return fmt::format("{}  ·  {}", pair.caption,
                     divergent == nullptr
                         ? fmt::format("no layer's own error is above {}", own_error_tolerance)
                         : fmt::format("first divergent layer: {}", divergent->path));
}

}  // namespace

Scene difference_growth(const PassPair& pair, const std::vector<LayerDifference>& layers, const Style& style,
                        const Page& page) {
  constexpr std::size_t most = 400;
  if (layers.empty()) throw_usage("{}: no layers to compare", model_names(pair));
  const std::size_t group = (layers.size() + most - 1) / most;
  const std::vector<GrowthRow> rows = rows_of(layers, group);
  Sheet sheet(style.theme, page);
  GrowthLayout l = layout_of(sheet, rows, page);
  Heading heading;
  heading.title = "Difference by layer";
  heading.source = model_names(pair);
  heading.caption = caption_of(pair, layers);
  const double top = add_heading(sheet, heading, page, sheet.scene.width);
  const double bottom = top + static_cast<double>(rows.size()) * l.row + 2;
  double y = add_axis(sheet, l, top, bottom);
  add_rows(sheet, rows, l, top);
  sheet.scene.line({l.axis.from - 0.5, top}, {l.axis.from - 0.5, bottom}, {style.theme.ink, 1, 0});
  sheet.put((l.axis.from + l.axis.to) / 2, y += 16, "relative L2", small_size, style.theme.muted,
            Anchor::middle);
  if (l.own)
    y = add_series_key(sheet, {"of the output", "of the layer alone, given A's inputs"}, SeriesKey::swatches,
                       y, sheet.scene.width);
  Legend legend;
  if (std::ranges::all_of(rows, [](const GrowthRow& r) { return r.total == 0; }))
    legend.add("no difference in any layer");
  if (group > 1) legend.add(fmt::format("each bar: the largest of {} layers in sequence", group));
  if (l.named > 1) legend.add(fmt::format("one name per {} bars", l.named));
  const auto infinite = [](const LayerDifference& d) { return !std::isfinite(d.values.relative_l2); };
  if (const auto n = std::ranges::count_if(layers, infinite); n > 0)
    legend.add(fmt::format("not finite, without a bar: {}", n));
  y = add_legend(sheet, legend, sheet.margin, y, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
