#include "nv/figures/pass/card.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "nv/figures/pass/score_rows.h"
#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double card_padding = 10, tile_gap = 5, number_line = 12, scale_line = 22, title_size = 12;

ValueScale scale_of(const OverviewCard& card, Colormap map, const Theme& theme) {
  Range range;
  range.lo = card.lo;
  range.hi = card.hi;
  range.finite = 1;
  return card.lo < 0 ? symmetric_scale(range, theme.diverging) : sequential_scale(range, map);
}

/// The part of a card below its heading.
struct Area {
  double x = 0, y = 0, width = 0, height = 0;
};

/// `values`, rows x cols, as cells of at most `width` x `height` px around the middle of the area. Square
/// cells shrink alike in both directions. Returns the units per cell.
int add_cells(Sheet& sheet, std::span<const float> values, int rows, int cols, bool square,
              const ValueScale& scale, const Area& area) {
  int down = shrinking(rows, area.height, sheet.grain), across = shrinking(cols, area.width, sheet.grain);
  if (square) down = across = std::max(down, across);
  const Shrunk small = shrunk(values, rows, cols, down, across);
  Bitmap bitmap;
  bitmap.columns = small.cols;
  bitmap.rows = small.rows;
  bitmap.cell_width = whole_cells(area.width / small.cols, sheet.grain);
  bitmap.cell_height = whole_cells(area.height / small.rows, sheet.grain);
  if (square) bitmap.cell_width = bitmap.cell_height = std::min(bitmap.cell_width, bitmap.cell_height);
  bitmap.x = std::floor(area.x + (area.width - bitmap.width()) / 2);
  bitmap.y = std::floor(area.y + (area.height - bitmap.height()) / 2);
  bitmap.pixels.assign(small.values.size(), sheet.theme.bad);
  bitmap.frame = sheet.hairline();
  paint(small.values, scale, sheet.theme.bad, bitmap.pixels);
  sheet.scene.add(std::move(bitmap));
  return std::max(down, across);
}

/// Units as a matrix of cells in reading order; returns the units per cell.
int add_units(Sheet& sheet, std::span<const float> units, const ValueScale& scale, const Area& area) {
  const int factor =
      shrinking(static_cast<int>(units.size()), area.width * area.height * 0.9, sheet.grain * sheet.grain);
  const Shrunk small = shrunk(units, 1, static_cast<int>(units.size()), 1, factor);
  const Grid grid =
      unit_grid(static_cast<int>(small.values.size()), area.width, area.height, 28, sheet.grain);
  Bitmap bitmap;
  bitmap.columns = grid.columns;
  bitmap.rows = grid.rows;
  bitmap.cell_width = bitmap.cell_height = grid.cell;
  bitmap.x = std::floor(area.x + (area.width - bitmap.width()) / 2);
  bitmap.y = std::floor(area.y + (area.height - bitmap.height()) / 2);
  bitmap.pixels.assign(static_cast<std::size_t>(grid.columns) * static_cast<std::size_t>(grid.rows),
                       sheet.theme.panel);
  paint(small.values, scale, sheet.theme.bad, bitmap.pixels);
  bitmap.frame = sheet.hairline();
  sheet.scene.add(std::move(bitmap));
  return factor;
}

/// An arrangement of a card's tiles.
struct TileGrid {
  int columns = 1, rows = 1;
  double side = 0;   // px of a tile
  double drawn = 0;  // px of it that a map fills

  TileGrid() = default;
  TileGrid(int across, int down, int size, const Area& area, double grain)
      : columns(across),
        rows(down),
        side(std::floor(std::min((area.width - (columns - 1) * tile_gap) / columns,
                                 (area.height - rows * number_line - (rows - 1) * tile_gap) / rows))),
        drawn(side * filled(size, side, grain)) {}
  int count() const { return columns * rows; }
};

/// Three per row in two rows, or fewer if maps of `size` units would be islands in small tiles.
TileGrid tile_grid_of(int size, const Area& area, double grain) {
  constexpr double enough = 0.7;
  TileGrid best;
  double most = 0;
  for (const auto& [columns, rows] : {std::pair{3, 2}, {2, 2}, {3, 1}, {2, 1}, {1, 1}}) {
    const TileGrid grid(columns, rows, size, area, grain);
    const double share = grid.drawn / grid.side;
    if (share <= most + 0.01) continue;
    most = share;
    best = grid;
    if (share >= enough) break;
  }
  return best;
}

/// The grid for few maps: as large as they can be.
TileGrid grid_for(std::size_t maps, int size, const Area& area, double grain) {
  TileGrid grid = tile_grid_of(size, area, grain);
  for (const auto& [columns, rows] : {std::pair{2, 2}, {2, 1}, {1, 1}}) {
    if (maps > static_cast<std::size_t>(columns * rows)) break;
    const TileGrid larger(columns, rows, size, area, grain);
    if (larger.drawn >= grid.drawn) grid = larger;
  }
  return grid;
}

int add_tiles(Sheet& sheet, const OverviewCard& card, const ValueScale& scale, const Area& area) {
  const TileGrid grid =
      grid_for(card.maps.size(), std::max(card.maps[0].rows, card.maps[0].cols), area, sheet.grain);
  const double left = area.x + (area.width - grid.columns * grid.side - (grid.columns - 1) * tile_gap) / 2;
  const double used = grid.rows * (grid.side + number_line) + (grid.rows - 1) * tile_gap;
  const double top = area.y + (area.height - used) / 2;
  int factor = 1;
  for (std::size_t i = 0; i < std::min(card.maps.size(), static_cast<std::size_t>(grid.count())); ++i) {
    const Map& map = card.maps[i];
    if (map.rows < 1 || map.cols < 1 ||
        map.values.size() < static_cast<std::size_t>(map.rows) * static_cast<std::size_t>(map.cols))
      continue;
    const int row = static_cast<int>(i) / grid.columns, column = static_cast<int>(i) % grid.columns;
    const Area tile{left + column * (grid.side + tile_gap),
                    top + row * (grid.side + number_line + tile_gap) + number_line, grid.side, grid.side};
    factor = std::max(factor, add_cells(sheet, map.values, map.rows, map.cols, true, scale, tile));
    const Bitmap& bitmap = std::get<Bitmap>(sheet.scene.items.back());
    sheet.put(bitmap.x, bitmap.y - 3, std::to_string(map.channel), small_size, sheet.theme.muted);
  }
  return factor;
}

/// lo, a colour bar and hi at the bottom of the card, at the right how much its maps are shrunk.
void add_foot(Sheet& sheet, const ValueScale& scale, int factor, const Area& area, double y) {
  const std::string lo = compact_number(scale.lo), hi = compact_number(scale.hi);
  const std::string shrunk_by = factor > 1 ? fmt::format("1 : {}", factor) : "";
  const double left = sheet.font.width(lo, small_size) + 5, right = sheet.font.width(hi, small_size) + 5;
  const double room =
      area.width - left - right - (factor > 1 ? sheet.font.width(shrunk_by, small_size) + 8 : 0);
  const double width = std::floor(std::clamp(room, 12.0, 80.0));
  sheet.put(area.x, y, lo, small_size, sheet.theme.muted);
  sheet.scene.add(
      Gradient{std::floor(area.x + left), y - 8, width, 8, level_colours(scale.map), Direction::right});
  sheet.put(std::floor(area.x + left) + width + 5, y, hi, small_size, sheet.theme.muted);
  if (factor > 1) sheet.put(area.x + area.width, y, shrunk_by, small_size, sheet.theme.muted, Anchor::end);
}

/// The name of a layer; of a path that is too long the last parts.
std::string fitted_path(const Sheet& sheet, std::string path, double room) {
  while (sheet.font.width(path, title_size, FontWeight::bold) > room) {
    const std::size_t slash = path.find('/', path.starts_with("…/") ? std::string_view("…/").size() : 0);
    if (slash == std::string::npos) break;
    path = "…" + path.substr(slash);
  }
  return sheet.font.fitted_middle(path, title_size, room, FontWeight::bold);
}

void add_names(Sheet& sheet, const OverviewCard& card, const std::string& from, double x, double y,
               double room) {
  double left = x;
  if (!card.number.empty()) {
    sheet.put(x, y + 19, card.number, small_size, sheet.theme.muted);
    left += sheet.font.width(card.number, small_size) + 6;
  }
  sheet.put(left, y + 19, fitted_path(sheet, one_line(card.name), x + room - left), title_size,
            sheet.theme.ink, Anchor::start, FontWeight::bold);
  sheet.put(x, y + 34, sheet.font.fitted(one_line(card.kind), small_size, room), small_size, sheet.theme.ink);
  std::string third = card.shape_text;
  if (!from.empty()) third += (third.empty() ? "" : "  ·  ") + from;
  sheet.put(x, y + 48, sheet.font.fitted(third, small_size, room), small_size, sheet.theme.muted);
}

/// The classes that fit, and a line that counts the others.
void add_scores(Sheet& sheet, const ScoreBars& scores, const Area& area) {
  constexpr double least_row = 15, more_line = 16;
  const auto classes = static_cast<int>(scores.scores.size());
  double room = area.height;
  int rows = std::min(classes, std::max(1, static_cast<int>(room / least_row)));
  if (rows < classes) {
    room -= more_line;
    rows = std::max(1, static_cast<int>(room / least_row));
    // A true class beyond them needs a further row and a line.
    if (scores.truth && static_cast<int>(ranked(scores, rows).size()) > rows) {
      room -= rank_line;
      rows = std::max(1, static_cast<int>(room / least_row) - 1);
    }
  }
  const std::vector<Ranked> shown = ranked(scores, rows);
  const RowStyle style{std::floor(std::clamp(room / static_cast<double>(shown.size()), least_row, 26.0)), 11,
                       small_size};
  const double y = add_score_rows(sheet, scores, style, rows, area.x, area.y, area.width);
  const int more = classes - static_cast<int>(shown.size());
  if (more < 1) return;
  std::string text = fmt::format("{} more", thousands(more));
  double total = 0, listed = 0;
  for (const float s : scores.scores) total += static_cast<double>(s);
  for (const Ranked& r : shown)
    listed += static_cast<double>(scores.scores[static_cast<std::size_t>(r.index)]);
  if (scores.meaning == "probability" && std::abs(total - 1) < 1e-3)
    text += fmt::format(", together {}", probability_text(std::max(total - listed, 0.0)));
  sheet.put(area.x, y + 11, sheet.font.fitted(text, small_size, area.width), small_size, sheet.theme.muted);
}

int add_picture(Sheet& sheet, const render::PixelGrid& picture, const Area& area) {
  auto [bitmap, factor] = shown_in(picture, area.width, area.height, sheet.grain);
  bitmap.x = std::floor(area.x + (area.width - bitmap.width()) / 2);
  bitmap.y = std::floor(area.y + (area.height - bitmap.height()) / 2);
  bitmap.frame = sheet.hairline();
  sheet.scene.add(std::move(bitmap));
  return factor;
}

}  // namespace

CardStyle card_style(double tile) {
  CardStyle style;
  style.tile = tile;
  style.area_width = 3 * tile + 2 * tile_gap;
  style.area_height = 2 * (tile + number_line) + tile_gap;
  style.area_top = 55;
  style.width = style.area_width + 2 * card_padding;
  style.height = style.area_top + style.area_height + scale_line;
  return style;
}

double filled(int size, double side, double grain) {
  const int units = std::max(1, size);
  const double pixels = std::floor(side / grain);
  const double drawn =
      units <= pixels ? units * std::floor(pixels / units) : units / std::ceil(units / std::max(1.0, pixels));
  return drawn * grain / side;
}

int add_card(Sheet& sheet, const CardStyle& style, const OverviewCard& card, const std::string& from,
             Colormap map, const CardPlace& place) {
  sheet.scene.add(Rect{place.x, place.y, place.width, place.height, sheet.theme.panel, sheet.hairline()});
  const double left = place.x + card_padding, room = place.width - 2 * card_padding;
  add_names(sheet, card, from, left, place.y, room);
  const double foot = place.y + place.height - 9;
  const Area area{left, place.y + style.area_top, room, style.area_height};
  const Area whole{left, area.y + 2, room, style.area_height + scale_line - card_padding - 2};
  if (card.scores) {
    add_scores(sheet, *card.scores, whole);
    return 1;
  }
  if (card.picture.whole()) {
    // If nothing is said below the picture, it may be larger.
    const bool alone = card.note.empty() && shrinking(card.picture.width, whole.width, sheet.grain) == 1 &&
                       shrinking(card.picture.height, whole.height, sheet.grain) == 1;
    const int factor =
        add_picture(sheet, card.picture, alone ? whole : Area{area.x, area.y, area.width, area.height + 2});
    const std::string shrunk_by = factor > 1 ? fmt::format("1 : {}", factor) : "";
    const double right = factor > 1 ? sheet.font.width(shrunk_by, small_size) + 6 : 0;
    sheet.put(left, foot, sheet.font.fitted(card.note, small_size, room - right), small_size,
              sheet.theme.muted);
    if (factor > 1) sheet.put(left + room, foot, shrunk_by, small_size, sheet.theme.muted, Anchor::end);
    return factor;
  }
  const ValueScale scale = scale_of(card, map, sheet.theme);
  int factor = 1;
  if (!card.maps.empty())
    factor = add_tiles(sheet, card, scale, area);
  else if (card.sequence)
    factor =
        add_cells(sheet, card.sequence->values, card.sequence->rows, card.sequence->cols, false, scale, area);
  else if (!card.units.empty())
    factor = add_units(sheet, card.units, scale, area);
  else
    sheet.put(place.x + place.width / 2, area.y + area.height / 2, "no active map", small_size,
              sheet.theme.muted, Anchor::middle);
  add_foot(sheet, scale, factor, area, foot);
  return factor;
}

}  // namespace nv::figures
