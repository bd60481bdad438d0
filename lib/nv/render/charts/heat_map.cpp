#include "nv/render/charts/heat_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/scene/sheet.h"

namespace nv::render {

namespace {

constexpr double least_cell = 36, largest_heat_cell = 92, longest_name = 150;

/// Sizes and positions in px.
struct HeatMapLayout {
  double x = 0, y = 0;          ///< of the first cell
  double cell = 0, height = 0;  ///< size of a cell
  bool level = true;            ///< names of columns are horizontal; else upright
  double names = 0;             ///< width of the names of rows
  double bar = 0;               ///< width of the colour bar
};

void check(const HeatMap& map) {
  if (map.rows.empty() || map.columns.empty()) throw_usage("{}: no cells to draw", map.title);
  if (map.values.size() != map.rows.size() * map.columns.size())
    throw_usage("{}: {} numbers are not {} x {}", map.title, map.values.size(), map.rows.size(),
                map.columns.size());
  if (!map.details.empty() && map.details.size() != map.values.size())
    throw_usage("{}: {} second lines for {} cells", map.title, map.details.size(), map.values.size());
}

double widest(const Sheet& sheet, const std::vector<std::string>& names) {
  double width = 0;
  for (const std::string& name : names) width = std::max(width, sheet.font.width(one_line(name), text_size));
  return std::ceil(std::min(width, longest_name));
}

/// All but y.
HeatMapLayout layout_of(const Sheet& sheet, const HeatMap& map, double bar) {
  HeatMapLayout l;
  l.names = widest(sheet, map.rows);
  l.bar = bar;
  l.x = std::ceil(sheet.margin + (map.row_noun.empty() ? 0 : small_size + 10) + l.names + 10);
  const double room = map.page.width - l.x - colour_bar_gap - bar - sheet.margin;
  double least = least_cell;
  for (const std::string& detail : map.details)
    least = std::max(least, std::ceil(sheet.font.width(detail, small_size)) + 8);
  l.height = map.details.empty() ? 34 : 46;
  const double wide = widest(sheet, map.columns) + 12, columns = static_cast<double>(map.columns.size());
  // Cells as wide as the names above them, if that fits.
  const double most = map.page.exact ? room : std::max(largest_heat_cell, wide);
  l.cell = std::floor(std::clamp(room / columns, least, std::max(least, most)));
  if (!map.page.exact) l.cell = std::min(l.cell, std::max({wide, least, 56.0}));
  l.level = wide <= l.cell;
  return l;
}

void add_names(Sheet& sheet, const HeatMap& map, const HeatMapLayout& l) {
  for (std::size_t c = 0; c < map.columns.size(); ++c) {
    const double middle = l.x + (static_cast<double>(c) + 0.5) * l.cell;
    const std::string name =
        sheet.font.fitted_middle(one_line(map.columns[c]), text_size, l.level ? l.cell - 6 : longest_name);
    if (l.level)
      sheet.put(middle, l.y - 8, name, text_size, map.theme.ink, Anchor::middle);
    else
      sheet.scene.text({middle + 5, l.y - 8, name, text_size, map.theme.ink, Anchor::start,
                        FontWeight::regular, Turn::up});
  }
  for (std::size_t r = 0; r < map.rows.size(); ++r)
    sheet.put(l.x - 10, l.y + (static_cast<double>(r) + 0.5) * l.height + 4.5,
              sheet.font.fitted_middle(one_line(map.rows[r]), text_size, l.names), text_size, map.theme.ink,
              Anchor::end);
  const double width = l.cell * static_cast<double>(map.columns.size()),
               height = l.height * static_cast<double>(map.rows.size());
  const double above = l.level ? 26 : 16 + widest(sheet, map.columns);
  if (!map.column_noun.empty())
    sheet.put(l.x + width / 2, l.y - above - 4, map.column_noun, small_size, map.theme.muted, Anchor::middle);
  if (!map.row_noun.empty())
    sheet.scene.text({sheet.margin + small_size - 2, l.y + height / 2, map.row_noun, small_size,
                      map.theme.muted, Anchor::middle, FontWeight::regular, Turn::up});
}

void add_cell(Sheet& sheet, const HeatMap& map, const ValueScale& scale, std::size_t i,
              const HeatMapLayout& l) {
  const double value = map.values[i];
  const double x = l.x + static_cast<double>(i % map.columns.size()) * l.cell,
               y = l.y + static_cast<double>(i / map.columns.size()) * l.height;
  const std::string detail = map.details.empty() ? "" : map.details[i];
  const bool known = std::isfinite(value);
  const Rgb colour = known ? scale.colour(value) : map.theme.panel;
  // White or black, whichever has the larger contrast (WCAG 2).
  const double light = luminance(colour);
  const bool white = 1.05 / (light + 0.05) > (light + 0.05) / 0.05;
  const Rgb ink = !known ? map.theme.muted : white ? Rgb{255, 255, 255} : Rgb{0, 0, 0};
  sheet.scene.fill(x, y, l.cell - 1, l.height - 1, colour);
  const double middle = x + (l.cell - 1) / 2;
  sheet.put(middle, y + l.height / 2 + (detail.empty() ? 4 : -3),
            known ? with_minus(fmt::format("{:.2f}", value)) : "-", text_size, ink, Anchor::middle);
  if (!detail.empty()) sheet.put(middle, y + l.height / 2 + 13, detail, small_size, ink, Anchor::middle);
}

}  // namespace

Scene draw(const HeatMap& map) {
  check(map);
  Sheet sheet(map.theme, map.page);
  const ColourBar bar{ValueScale{0, 1, map.map, false}, map.meaning, false, false};
  HeatMapLayout l = layout_of(sheet, map, colour_bar_width(sheet, bar));
  const double width = l.cell * static_cast<double>(map.columns.size()),
               height = l.height * static_cast<double>(map.rows.size());
  sheet.scene.width = std::ceil(
      std::max(std::min(least_width, map.page.width), l.x + width + colour_bar_gap + l.bar + sheet.margin));
  const double above = (l.level ? 20 : 14 + widest(sheet, map.columns)) + (map.column_noun.empty() ? 0 : 18);
  l.y = std::round(add_heading(sheet, map, map.page, sheet.scene.width) + above);
  add_names(sheet, map, l);
  for (std::size_t i = 0; i < map.values.size(); ++i) add_cell(sheet, map, bar.scale, i, l);
  add_colour_bar(sheet, bar, l.x + width + colour_bar_gap, l.y, std::max(70.0, height - 1));
  sheet.scene.height = std::ceil(l.y + std::max(70.0, height) + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::render
