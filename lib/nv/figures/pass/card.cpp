#include "nv/figures/pass/card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/text.h"
#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double tile_gap = 5, number_size = 9, number_line = 11, scale_line = 22, name_size = 12;

ValueScale scale_of(const OverviewCard& card, Colormap map, const Theme& theme) {
  Range range;
  range.lo = card.lo;
  range.hi = card.hi;
  range.finite = 1;
  return card.lo < 0 ? symmetric_scale(range, theme.diverging) : sequential_scale(range, map);
}

void add_tile(Sheet& sheet, const Map& map, const ValueScale& scale, double side, double x, double y) {
  const std::size_t count =
      static_cast<std::size_t>(std::max(0, map.rows)) * static_cast<std::size_t>(std::max(0, map.cols));
  if (count == 0 || map.values.size() < count) return;
  const int factor = shrinking(std::max(map.rows, map.cols), side, sheet.grain);
  const Shrunk small = shrunk(map.values, map.rows, map.cols, factor, factor);
  Bitmap bitmap;
  bitmap.columns = small.cols;
  bitmap.rows = small.rows;
  bitmap.cell_width = bitmap.cell_height = whole_cells(side / std::max(small.rows, small.cols), sheet.grain);
  bitmap.x = std::floor(x + (side - bitmap.width()) / 2);
  bitmap.y = std::floor(y + (side - bitmap.height()) / 2);
  bitmap.pixels.assign(small.values.size(), sheet.theme.bad);
  bitmap.frame = sheet.hairline();
  paint(small.values, scale, sheet.theme.bad, bitmap.pixels);
  sheet.put(bitmap.x, bitmap.y - 3, std::to_string(map.channel), number_size, sheet.theme.muted);
  sheet.scene.add(std::move(bitmap));
}

/// Units as a matrix of cells in reading order.
void add_units(Sheet& sheet, std::span<const float> units, const ValueScale& scale, const CardStyle& style,
               double x, double y) {
  const int factor = shrinking(static_cast<int>(units.size()), style.area_width * style.area_height * 0.9,
                               sheet.grain * sheet.grain);
  const Shrunk small = shrunk(units, 1, static_cast<int>(units.size()), 1, factor);
  const Grid grid =
      unit_grid(static_cast<int>(small.values.size()), style.area_width, style.area_height, 16, sheet.grain);
  Bitmap bitmap;
  bitmap.columns = grid.columns;
  bitmap.rows = grid.rows;
  bitmap.cell_width = bitmap.cell_height = grid.cell;
  bitmap.x = std::floor(x + (style.area_width - bitmap.width()) / 2);
  bitmap.y = std::floor(y + (style.area_height - bitmap.height()) / 2);
  bitmap.pixels.assign(static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.rows),
                       sheet.theme.panel);
  paint(small.values, scale, sheet.theme.bad, bitmap.pixels);
  bitmap.frame = sheet.hairline();
  sheet.scene.add(std::move(bitmap));
}

void add_tiles(Sheet& sheet, const OverviewCard& card, const ValueScale& scale, const CardStyle& style,
               double x, double y) {
  const std::size_t shown = std::min<std::size_t>(6, card.maps.size());
  // Up to two maps take the whole height, three or four form a square; more are three per row.
  const int columns = shown <= 1 ? 1 : shown == 2 ? 2 : shown <= 4 ? 2 : 3;
  const int rows = shown <= 2 ? 1 : 2;
  const double side =
      std::floor(std::min((style.area_width - (columns - 1) * tile_gap) / columns,
                          (style.area_height - rows * number_line - (rows - 1) * tile_gap) / rows));
  const double left = x + (style.area_width - columns * side - (columns - 1) * tile_gap) / 2;
  const double used = rows * (side + number_line) + (rows - 1) * tile_gap;
  const double top = y + (style.area_height - used) / 2;
  for (std::size_t i = 0; i < shown; ++i) {
    const int row = static_cast<int>(i) / columns, column = static_cast<int>(i) % columns;
    add_tile(sheet, card.maps[i], scale, side, left + column * (side + tile_gap),
             top + row * (side + number_line + tile_gap) + number_line);
  }
}

/// lo, a colour bar and hi at the bottom of the card.
void add_scale(Sheet& sheet, const ValueScale& scale, const CardStyle& style, double x, double y) {
  const std::string lo = compact_number(scale.lo), hi = compact_number(scale.hi);
  const double left = sheet.font.width(lo, 10) + 5, right = sheet.font.width(hi, 10) + 5;
  const double width = std::floor(std::min(90.0, style.area_width - left - right));
  const double from = std::floor(x + (style.area_width - width - left - right) / 2 + left);
  sheet.put(from - 5, y, lo, 10, sheet.theme.muted, Anchor::end);
  sheet.scene.add(Gradient{from, y - 7, width, 7, level_colours(scale.map), Direction::right});
  sheet.put(from + width + 5, y, hi, 10, sheet.theme.muted);
}

void add_names(Sheet& sheet, const CardStyle& style, std::string_view name, const std::string& second,
               const std::string& third, double x, double y) {
  const double left = x + card_padding, room = style.area_width;
  sheet.put(left, y + 19, sheet.font.fitted_middle(one_line(name), name_size, room, FontWeight::bold),
            name_size, sheet.theme.ink, Anchor::start, FontWeight::bold);
  sheet.put(left, y + 34, sheet.font.fitted(one_line(second), small_size, room), small_size, sheet.theme.ink);
  sheet.put(left, y + 48, sheet.font.fitted(one_line(third), small_size, room), small_size,
            sheet.theme.muted);
}

}  // namespace

CardStyle card_style(double tile) {
  CardStyle style;
  style.tile = tile;
  style.area_width = 3 * tile + 2 * tile_gap;
  style.area_height = 2 * (tile + number_line) + tile_gap;
  style.area_top = 56;
  style.width = style.area_width + 2 * card_padding;
  style.height = style.area_top + style.area_height + scale_line;
  return style;
}

int card_shrinking(const CardStyle& style, const OverviewCard& card, double grain) {
  if (card.maps.empty()) return 1;
  return shrinking(std::max(card.maps[0].rows, card.maps[0].cols), style.tile, grain);
}

void add_frame(Sheet& sheet, double x, double y, double width, double height) {
  sheet.scene.add(Rect{x, y, width, height, sheet.theme.panel, sheet.hairline()});
}

void add_picture_card(Sheet& sheet, const CardStyle& style, const render::Picture& picture, double x,
                      double y) {
  add_frame(sheet, x, y, style.width, style.height);
  if (!picture.whole()) return;
  const double room_height = style.area_height + scale_line - card_padding;
  auto [bitmap, factor] = shown_in(picture, style.area_width, room_height, sheet.grain);
  bitmap.x = std::floor(x + (style.width - bitmap.width()) / 2);
  bitmap.y = std::floor(y + style.area_top + (room_height - bitmap.height()) / 2);
  bitmap.frame = sheet.hairline();
  std::string size = fmt::format("{} × {}", picture.height, picture.width);
  if (factor > 1) size += fmt::format("  ·  1 : {}", factor);
  add_names(sheet, style, "input", picture.caption, size, x, y);
  sheet.scene.add(std::move(bitmap));
}

void add_layer_card(Sheet& sheet, const CardStyle& style, const OverviewCard& card, Colormap map, double x,
                    double y) {
  add_frame(sheet, x, y, style.width, style.height);
  const ValueScale scale = scale_of(card, map, sheet.theme);
  std::string kind = card.kind;
  if (!card.note.empty()) kind += (kind.empty() ? "" : " ") + card.note;
  std::string shape = card.shape_text;
  if (const int factor = card_shrinking(style, card, sheet.grain); factor > 1)
    shape += fmt::format("  ·  1 : {}", factor);
  add_names(sheet, style, card.name, kind, shape, x, y);
  const double left = x + card_padding, top = y + style.area_top;
  if (!card.maps.empty())
    add_tiles(sheet, card, scale, style, left, top);
  else if (!card.units.empty())
    add_units(sheet, card.units, scale, style, left, top);
  else
    sheet.put(x + style.width / 2, top + style.area_height / 2, "no active map", small_size,
              sheet.theme.muted, Anchor::middle);
  add_scale(sheet, scale, style, left, y + style.height - 9);
}

}  // namespace nv::figures
