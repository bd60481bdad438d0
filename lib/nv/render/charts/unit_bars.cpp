#include "nv/render/charts/unit_bars.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/charts/grid.h"
#include "nv/render/scene/sheet.h"

namespace nv::render {

namespace {

constexpr int most_bars = 64;
constexpr double plot_height = 300;
constexpr std::size_t most_listed = 12;

bool frozen(const UnitBars& bars, std::size_t unit) {
  return std::find(bars.frozen.begin(), bars.frozen.end(), static_cast<int>(unit)) != bars.frozen.end();
}

Range shown_range(const UnitBars& bars) {
  std::vector<float> kept;
  for (std::size_t i = 0; i < bars.values.size(); ++i)
    if (!frozen(bars, i)) kept.push_back(bars.values[i]);
  return range_of(kept);
}

/// At most `most` units with a finite value, largest magnitude first; of equal ones the lower index.
std::vector<std::size_t> largest(const UnitBars& bars, std::size_t most) {
  std::vector<std::size_t> order;
  for (std::size_t i = 0; i < bars.values.size(); ++i)
    if (!frozen(bars, i) && std::isfinite(bars.values[i])) order.push_back(i);
  const std::size_t kept = std::min(most, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(),
                    [&bars](std::size_t a, std::size_t b) {
                      const float x = std::abs(bars.values[a]), y = std::abs(bars.values[b]);
                      return x != y ? x > y : a < b;
                    });
  order.resize(kept);
  return order;
}

Legend legend_of(const UnitBars& bars, const Range& range) {
  Legend legend;
  const auto zeros = std::count(bars.values.begin(), bars.values.end(), 0.0F);
  legend.add(
      fmt::format("{} unit{}  ·  {}{}", thousands(static_cast<long long>(bars.values.size())),
                  bars.values.size() == 1 ? "" : "s", range_text(range),
                  zeros > 0 && !range.constant() ? fmt::format("  ·  {} exactly 0", thousands(zeros)) : ""));
  if (!bars.frozen.empty())
    legend.entries.push_back({Legend::Mark::frozen, fmt::format("frozen: {}", listed(bars.frozen))});
  if (range.not_finite > 0)
    legend.entries.push_back({Legend::Mark::bad, fmt::format("not finite: {}", thousands(range.not_finite))});
  return legend;
}

/// Position and scale of the vertical bars.
struct BarPlot {
  double x = 0, y = 0, slot = 0;
  double lo = 0, hi = 1;

  double at(double value) const { return std::round(y + (hi - value) / (hi - lo) * plot_height); }
};

BarPlot plot_of(const UnitBars& bars, const Range& range, double room) {
  BarPlot plot;
  plot.slot = std::clamp(room / static_cast<double>(bars.values.size()), bars.page.exact ? 2.0 : 11.0, 72.0);
  if (plot.slot >= 11) plot.slot = std::floor(plot.slot);
  plot.lo = std::min(0.0, range.lo);
  plot.hi = std::max(0.0, range.hi);
  if (plot.lo == plot.hi) plot.hi = 1;
  const double pad = (plot.hi - plot.lo) * 0.06;  // room for the numbers above the bars
  if (plot.hi > 0) plot.hi += pad;
  if (plot.lo < 0) plot.lo -= pad;
  return plot;
}

void add_value_axis(Sheet& sheet, const BarPlot& plot, double width) {
  const std::vector<double> ticks = nice_ticks(plot.lo, plot.hi, 5);
  const std::vector<std::string> labels = tick_labels(ticks);
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double y = plot.at(ticks[i]) + 0.5;
    if (ticks[i] != 0) sheet.scene.line({plot.x, y}, {plot.x + width, y}, sheet.hairline());
    sheet.put(plot.x - 8, y + 4, labels[i], small_size, sheet.theme.muted, Anchor::end);
  }
}

void add_bar(Sheet& sheet, const UnitBars& bars, const BarPlot& plot, std::size_t unit, bool is_largest) {
  const double wide = std::max(std::min(4.0, plot.slot * 0.8), std::round(plot.slot * 0.7));
  const double gap = (plot.slot - wide) / 2;
  const double x = plot.x + static_cast<double>(unit) * plot.slot + (plot.slot >= 11 ? std::floor(gap) : gap);
  const double zero = plot.at(0);
  const float value = bars.values[unit];
  if (frozen(bars, unit)) return add_frozen(sheet, x, zero - wide, wide, wide);
  if (!std::isfinite(value)) return sheet.scene.fill(x, zero - wide, wide, wide, sheet.theme.bad);
  const double end = plot.at(value);
  sheet.scene.fill(x, std::min(zero, end), wide, std::abs(end - zero),
                   is_largest ? sheet.theme.accent : mixed(sheet.theme.background, sheet.theme.accent, 0.6));
  if (plot.slot < 34) return;
  sheet.put(x + wide / 2, value < 0 ? end + 13 : end - 5, compact_number(value), small_size,
            is_largest ? sheet.theme.ink : sheet.theme.muted, Anchor::middle,
            is_largest ? FontWeight::bold : FontWeight::regular);
}

/// Indices or names below the bars: horizontal if all fit, else names upright; returns the y below.
double add_unit_names(Sheet& sheet, const UnitBars& bars, const BarPlot& plot, double y) {
  const std::size_t n = bars.values.size();
  const auto middle = [&plot](std::size_t i) { return plot.x + (static_cast<double>(i) + 0.5) * plot.slot; };
  if (bars.labels.empty()) {
    const double wide = sheet.font.width(std::to_string(n - 1), small_size) + 4;
    const std::size_t stride = wide <= plot.slot       ? 1
                               : wide <= 2 * plot.slot ? 2
                               : wide <= 5 * plot.slot ? 5
                                                       : 10;
    for (std::size_t i = 0; i < n; i += stride)
      sheet.put(middle(i), y + 15, std::to_string(i), small_size, sheet.theme.muted, Anchor::middle);
    return y + 18;
  }
  double widest = 0;
  for (const std::string& label : bars.labels) widest = std::max(widest, sheet.font.width(label, small_size));
  const bool level = widest <= plot.slot - 4;
  const auto every =
      level ? std::size_t{1} : static_cast<std::size_t>(std::ceil((small_size + 1) / plot.slot));
  for (std::size_t i = 0; i < n; i += every) {
    const std::string label = sheet.font.fitted(bars.labels[i], small_size, level ? plot.slot : 130);
    if (level)
      sheet.put(middle(i), y + 15, label, small_size, sheet.theme.ink, Anchor::middle);
    else
      sheet.scene.text({std::round(middle(i)) + 4, y + 6, label, small_size, sheet.theme.ink, Anchor::end,
                        FontWeight::regular, Turn::up});
  }
  return y + (level ? 18 : 10 + std::min(widest, 130.0));
}

Scene draw_bars(const UnitBars& bars, const Range& range) {
  Sheet sheet(bars.theme, bars.page);
  const std::size_t n = bars.values.size();
  BarPlot plot = plot_of(bars, range, bars.page.width - 2 * sheet.margin - 70);
  double labels = 0;
  for (const std::string& label : tick_labels(nice_ticks(plot.lo, plot.hi, 5)))
    labels = std::max(labels, sheet.font.width(label, small_size));
  plot.x = std::ceil(sheet.margin + small_size + 8 + labels + 8);
  const double width = plot.slot * static_cast<double>(n);
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, bars.page.width), plot.x + width + sheet.margin));
  plot.y = add_heading(sheet, bars, bars.page, sheet.scene.width);
  add_value_axis(sheet, plot, width);
  sheet.scene.text({sheet.margin + small_size - 2, plot.y + plot_height / 2, bars.meaning, small_size,
                    bars.theme.muted, Anchor::middle, FontWeight::regular, Turn::up});
  const std::vector<std::size_t> order = largest(bars, 1);
  for (std::size_t i = 0; i < n; ++i) add_bar(sheet, bars, plot, i, !order.empty() && order[0] == i);
  const double zero = plot.at(0) + 0.5;
  sheet.scene.line({plot.x, zero}, {plot.x + width, zero}, {bars.theme.ink, 1, 0});
  double y = add_unit_names(sheet, bars, plot, plot.y + plot_height);
  y = add_legend(sheet, legend_of(bars, range), sheet.margin, y + 8, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

/// Numbers of columns that make row * columns + column easy to compute: powers of two or tens. Prefers large
/// cells and sides of about 9 to 5.
Grid matrix_of(std::size_t n, double width, double height, double grain) {
  const bool binary = n % 32 == 0;
  Grid best;
  double best_quality = 0;
  for (const int columns :
       {10, 16, 20, 32, 40, 50, 64, 100, 128, 200, 256, 500, 512, 1000, 1024, 2000, 2048}) {
    if ((columns % 10 == 0) == binary) continue;
    const int rows =
        static_cast<int>((n + static_cast<std::size_t>(columns) - 1) / static_cast<std::size_t>(columns));
    const double room = std::min({32.0, width / columns, height / rows});
    const double cell = room < grain ? 0 : whole_cells(room, grain);
    const double off = std::abs(std::log(static_cast<double>(columns) / rows / 1.8));
    const double candidate = cell * std::exp(-off / 2) + 1e-3 / (1 + off);
    if (best.columns > 0 && candidate <= best_quality) continue;
    best_quality = candidate;
    best.columns = columns;
    best.rows = rows;
    best.cell = std::max(grain, cell);
  }
  return best;
}

/// A number with the decimals that fit the largest of its column.
std::string aligned(double value, double largest) {
  if (largest >= 1000 || largest < 0.01) return compact_number(value);
  return with_minus(fmt::format("{:.{}f}", value, largest >= 100 ? 1 : largest >= 1 ? 2 : 3));
}

/// The largest units with their numbers; returns the y below.
double add_list(Sheet& sheet, const UnitBars& bars, std::span<const std::size_t> order, double x, double y,
                double width) {
  const Theme& theme = sheet.theme;
  sheet.put(x, y + 10, "largest units", small_size, theme.muted);
  if (order.empty()) return y + 14;
  const double most = std::abs(bars.values[order[0]]);
  const double number = sheet.font.width(std::to_string(bars.values.size()), text_size) + 10;
  const double room = width - number - 58;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double row = y + 22 + static_cast<double>(i) * 20;
    const float value = bars.values[order[i]];
    sheet.put(x + number - 10, row + 11, std::to_string(order[i]), text_size, theme.ink, Anchor::end,
              i == 0 ? FontWeight::bold : FontWeight::regular);
    const double length = most > 0 ? std::abs(value) / most * room : 0;
    sheet.scene.fill(x + number, row, std::max(1.0, length), 14,
                     value < 0 ? theme.second
                     : i == 0  ? theme.accent
                               : mixed(theme.background, theme.accent, 0.6));
    sheet.put(x + width, row + 11, aligned(value, most), small_size, theme.ink, Anchor::end);
    if (!bars.labels.empty())
      sheet.put(x + number + 5, row + 11, sheet.font.fitted(bars.labels[order[i]], small_size, room - 8),
                small_size, theme.ink);
  }
  return y + 22 + static_cast<double>(order.size()) * 20;
}

/// "largest: unit 17 = 3.2, ...": instead of the list on a narrow page.
std::string largest_text(const UnitBars& bars, std::span<const std::size_t> order) {
  std::string text = "largest:";
  for (const std::size_t unit : order.first(std::min<std::size_t>(order.size(), 5)))
    text += fmt::format("{} unit {} = {}", text.back() == ':' ? "" : ",", unit,
                        compact_number(bars.values[unit]));
  return text;
}

Bitmap matrix_bitmap(const UnitBars& bars, const Grid& grid, const ValueScale& scale) {
  Bitmap bitmap;
  bitmap.columns = grid.columns;
  bitmap.rows = grid.rows;
  bitmap.cell_width = bitmap.cell_height = grid.cell;
  bitmap.pixels.assign(static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.rows),
                       bars.theme.background);
  paint(bars.values, scale, bars.theme.bad, bitmap.pixels);
  return bitmap;
}

Scene draw_matrix(const UnitBars& bars, const Range& range) {
  constexpr double bar_gap = 20, list_gap = 28, list_width = 200;
  Sheet sheet(bars.theme, bars.page);
  const ValueScale scale =
      range.lo < 0 ? symmetric_scale(range, bars.theme.diverging) : sequential_scale(range, bars.map);
  const ColourBar bar{scale, bars.meaning, false, range.finite == 0};
  const bool listed = !bars.page.exact || bars.page.width >= 560;
  const double aside = bar_gap + colour_bar_width(sheet, bar) + (listed ? list_gap + list_width : 0);
  const double room = std::max(100.0, bars.page.width - 2 * sheet.margin - 50 - aside);
  const Grid grid = matrix_of(bars.values.size(), room, bars.page.width * (listed ? 0.55 : 0.9), sheet.grain);
  const double cell = grid.cell;
  Axes axes{0, 0, grid.columns, grid.rows, cell, cell, 0, grid.columns};
  axes.x = sheet.margin + std::ceil(index_width(sheet, axes));
  const double width = grid.columns * cell, height = grid.rows * cell;
  sheet.scene.width = std::ceil(axes.x + width + aside + sheet.margin);
  const double top = add_heading(sheet, bars, bars.page, sheet.scene.width);
  axes.y = top + index_height;
  add_indices(sheet, axes);
  Bitmap bitmap = matrix_bitmap(bars, grid, scale);
  bitmap.x = axes.x;
  bitmap.y = axes.y;
  bitmap.frame = sheet.hairline();
  sheet.scene.add(std::move(bitmap));
  for (const int unit : bars.frozen)
    if (unit >= 0 && static_cast<std::size_t>(unit) < bars.values.size()) {
      const int row = unit / grid.columns, column = unit % grid.columns;
      add_frozen(sheet, axes.x + column * cell, axes.y + row * cell, cell, cell);
    }
  const double bar_height = std::clamp(height, 140.0, 640.0);
  add_colour_bar(sheet, bar, axes.x + width + bar_gap, axes.y - 1, bar_height + 2);
  const std::vector<std::size_t> order = largest(bars, most_listed);
  Legend legend = legend_of(bars, range);
  double y = top;
  if (listed)
    y = add_list(sheet, bars, order, sheet.scene.width - sheet.margin - list_width, top, list_width);
  else
    legend.add(largest_text(bars, order));
  legend.add("unit = number of the row + number of the column");
  y = add_legend(sheet, legend, sheet.margin, std::max({y, axes.y + height, axes.y + bar_height}) + 6,
                 sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace

Scene draw(const UnitBars& bars) {
  if (bars.values.empty()) throw_usage("{}: no units to draw", bars.title);
  if (!bars.labels.empty() && bars.labels.size() != bars.values.size())
    throw_usage("{}: {} labels for {} units", bars.title, bars.labels.size(), bars.values.size());
  const Range range = shown_range(bars);
  return bars.values.size() <= most_bars ? draw_bars(bars, range) : draw_matrix(bars, range);
}

}  // namespace nv::render
