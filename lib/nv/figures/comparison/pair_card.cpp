#include "nv/figures/comparison/pair_card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "nv/core/text.h"
#include "nv/figures/comparison/map_tile.h"
#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"

namespace nv::figures {

using namespace render;

namespace {

/// Scales of the values of both passes and of their difference.
struct PairScales {
  ValueScale values, differences;
};

void add_lines(Sheet& sheet, const PairCardStyle& style, const PairCard& card, double x, double y) {
  const double left = x + style.padding, room = style.area_width();
  std::string shape = card.shape_text;
  if (const int factor = pair_card_shrinking(style, card, sheet.grain); factor > 1)
    shape += fmt::format("  ·  1 : {}", factor);
  sheet.put(left, y + 18, sheet.font.fitted_middle(one_line(card.name), 12, room, FontWeight::bold), 12,
            sheet.theme.ink, Anchor::start, FontWeight::bold);
  double at = y + 32;
  for (const std::string* line : {&card.kind, &std::as_const(shape), &card.measure}) {
    if (!line->empty())
      sheet.put(left, at, sheet.font.fitted(one_line(*line), small_size, room), small_size,
                line == &shape ? sheet.theme.muted : sheet.theme.ink);
    at += 13;
  }
}

/// lo, a colour bar and hi.
void add_scale(Sheet& sheet, const PairCardStyle& style, const ValueScale& scale, double x, double y) {
  constexpr double size = 10;
  if (scale.lo == scale.hi)
    return sheet.put(x + style.width() / 2, y, fmt::format("every value {}", compact_number(scale.lo)), size,
                     sheet.theme.muted, Anchor::middle);
  const std::string lo = compact_number(scale.lo), hi = compact_number(scale.hi);
  const double left = sheet.font.width(lo, size) + 5, right = sheet.font.width(hi, size) + 5;
  const double width = std::floor(std::min(90.0, style.area_width() - left - right));
  const double from = std::floor(x + style.width() / 2 - (width + right - left) / 2);
  if (width < 4) return;
  sheet.put(from - 5, y, lo, size, sheet.theme.muted, Anchor::end);
  sheet.scene.add(Gradient{from, y - 7, width, 7, level_colours(scale.map), Direction::right});
  sheet.put(from + width + 5, y, hi, size, sheet.theme.muted);
}

void add_scales(Sheet& sheet, const PairCardStyle& style, const PairScales& scales, double x, double y) {
  const double foot = y + style.row(2) + style.tile + style.scale_line;
  add_scale(sheet, style, scales.values, x, foot);
  if (scales.differences.hi > 0)
    add_scale(sheet, style, scales.differences, x, foot + style.scale_line);
  else
    sheet.put(x + style.width() / 2, foot + style.scale_line, "no difference", 10, sheet.theme.muted,
              Anchor::middle);
}

/// The middle of the `k`th of `n` tiles in a row.
double tile_middle(const PairCardStyle& style, int k, int n, double x) {
  const double used = n * style.tile + (n - 1) * style.tile_gap;
  return x + style.width() / 2 - used / 2 + style.tile / 2 + k * (style.tile + style.tile_gap);
}

PairScales add_maps(Sheet& sheet, const PairCardStyle& style, const PairCard& card, Colormap map, double x,
                    double y) {
  const int shown = std::min(pair_card_maps, static_cast<int>(card.maps.size()));
  std::vector<std::vector<float>> differences;
  Range values, change;
  for (int k = 0; k < shown; ++k) {
    const MapPair& p = card.maps[static_cast<std::size_t>(k)];
    for (const Map* m : {&p.before, &p.after}) values = joined(values, range_of(m->values));
    differences.push_back(difference_of(p.before.values, p.after.values));
    change = joined(change, range_of(differences.back()));
  }
  const PairScales scales{value_scale(values, map, sheet.theme),
                          symmetric_scale(change, sheet.theme.diverging)};
  for (int k = 0; k < shown; ++k) {
    const MapPair& p = card.maps[static_cast<std::size_t>(k)];
    Map difference = p.before;
    difference.values = differences[static_cast<std::size_t>(k)];
    difference.frozen = difference.dead = false;
    MapTile tile = map_tile(p.before, style.tile, style.tile, sheet.grain, true);
    if (p.before.rows == 1) tile.cell_height = std::max(tile.cell_height, std::floor(style.tile * 0.4));
    const double middle = tile_middle(style, k, shown, x), left = std::floor(middle - tile.width() / 2);
    sheet.put(middle, y + style.top - 4, std::to_string(p.before.channel), 10, sheet.theme.muted,
              Anchor::middle);
    const Map* rows[] = {&p.before, &p.after, &difference};
    for (int r = 0; r < 3; ++r)
      add_map(sheet, *rows[r], tile, r < 2 ? scales.values : scales.differences, left,
              std::floor(y + style.row(r) + (style.tile - tile.height()) / 2));
  }
  return scales;
}

/// All units as cells, row by row.
void add_units(Sheet& sheet, const PairCardStyle& style, std::span<const float> units,
               const ValueScale& scale, double x, double y) {
  // More units than pixels: means over neighbours.
  const int factor =
      shrinking(static_cast<int>(units.size()), style.area_width() * style.tile, sheet.grain * sheet.grain);
  const Shrunk small = shrunk(units, 1, static_cast<int>(units.size()), 1, factor);
  const Grid grid =
      unit_grid(static_cast<int>(small.values.size()), style.area_width(), style.tile, 16, sheet.grain);
  Bitmap bitmap;
  bitmap.columns = grid.columns;
  bitmap.rows = grid.rows;
  bitmap.cell_width = bitmap.cell_height = grid.cell;
  bitmap.x = std::floor(x + (style.width() - bitmap.width()) / 2);
  bitmap.y = std::floor(y + (style.tile - bitmap.height()) / 2);
  bitmap.pixels.assign(static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.rows),
                       sheet.theme.panel);
  paint(small.values, scale, sheet.theme.bad, bitmap.pixels);
  bitmap.frame = sheet.hairline();
  sheet.scene.add(std::move(bitmap));
}

PairScales add_vectors(Sheet& sheet, const PairCardStyle& style, const PairCard& card, Colormap map, double x,
                       double y) {
  const std::vector<float> difference = difference_of(card.before, card.after);
  const PairScales scales{value_scale(joined(range_of(card.before), range_of(card.after)), map, sheet.theme),
                          symmetric_scale(range_of(difference), sheet.theme.diverging)};
  add_units(sheet, style, card.before, scales.values, x, y + style.row(0));
  add_units(sheet, style, card.after, scales.values, x, y + style.row(1));
  add_units(sheet, style, difference, scales.differences, x, y + style.row(2));
  return scales;
}

/// Height of the first two rows of tiles.
double single_room(const PairCardStyle& style) {
  return style.row(1) + style.tile - style.row(0);
}

void add_picture(Sheet& sheet, Bitmap bitmap, double middle, double y, double room) {
  bitmap.x = std::floor(middle - bitmap.width() / 2);
  bitmap.y = std::floor(y + (room - bitmap.height()) / 2);
  bitmap.frame = sheet.hairline();
  sheet.scene.add(std::move(bitmap));
}

/// Both pictures and their difference, or one picture over the rows of both.
void add_pictures(Sheet& sheet, const PairCardStyle& style, const PictureChange& change, double x, double y) {
  const double middle = x + style.width() / 2;
  const ValueScale scale = difference_scale(change);
  if (scale.hi == 0) {
    const double room = single_room(style);
    const Shown one = shown_in(change.before, style.area_width(), room, sheet.grain);
    add_picture(sheet, one.bitmap, middle, y + style.row(0), room);
    sheet.put(middle, std::round(y + style.row(2) + style.tile / 2 + 4), "no difference", small_size,
              sheet.theme.muted, Anchor::middle);
    return;
  }
  const Shown before = shown_in(change.before, style.area_width(), style.tile, sheet.grain),
              after = shown_in(change.after, style.area_width(), style.tile, sheet.grain);
  add_picture(sheet, before.bitmap, middle, y + style.row(0), style.tile);
  add_picture(sheet, after.bitmap, middle, y + style.row(1), style.tile);
  add_picture(sheet, difference_cells(change, scale, before), middle, y + style.row(2), style.tile);
  add_scale(sheet, style, scale, x, y + style.row(2) + style.tile + 2 * style.scale_line);
}

}  // namespace

int pair_card_shrinking(const PairCardStyle& style, const PairCard& card, double grain) {
  if (card.picture) {
    const bool single = difference_scale(*card.picture).hi == 0;
    const double room = single ? single_room(style) : style.tile;
    return shown_in(card.picture->before, style.area_width(), room, grain).factor;
  }
  if (card.maps.empty()) return 1;
  return map_tile(card.maps[0].before, style.tile, style.tile, grain, true).factor;
}

void add_pair_card(Sheet& sheet, const PairCardStyle& style, const PairCard& card, Colormap map, double x,
                   double y) {
  sheet.scene.add(Rect{x, y, style.width(), style.height(), sheet.theme.panel, sheet.hairline()});
  add_lines(sheet, style, card, x, y);
  if (card.picture)
    add_pictures(sheet, style, *card.picture, x, y);
  else if (!card.maps.empty())
    add_scales(sheet, style, add_maps(sheet, style, card, map, x, y), x, y);
  else if (!card.before.empty())
    add_scales(sheet, style, add_vectors(sheet, style, card, map, x, y), x, y);
}

}  // namespace nv::figures
