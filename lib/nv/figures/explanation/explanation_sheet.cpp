#include "nv/figures/explanation/explanation_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double gap = 24, name_height = 20, line_height = 14;
constexpr std::size_t most_lines = 3, most_narrow_lines = 5;
constexpr double narrow = 120;  // px of a tile

void check(const ExplanationSheet& s) {
  if (s.panels.empty() || !s.input.whole()) throw_usage("{}: there is nothing to draw", s.title);
  for (const ExplanationPanel& p : s.panels)
    if (p.values.size() != s.input.pixels.size())
      throw_usage("{}: {} numbers for a picture of {} x {}", s.title, p.values.size(), s.input.height,
                  s.input.width);
}

ValueScale scale_of(const ExplanationPanel& panel, const Theme& theme) {
  Range range = range_of(panel.values);
  if (panel.most > 0) range.hi = panel.most;
  if (panel.may_be_negative) return symmetric_scale(range, theme.diverging);
  const double lo = panel.from_zero ? 0 : range.lo;
  return sequential_scale({lo, range.hi, range.finite, range.not_finite}, Colormap::viridis);
}

std::uint8_t grey_of(Rgb c) {
  return static_cast<std::uint8_t>((299 * c.r + 587 * c.g + 114 * c.b + 500) / 1000);
}

render::PixelGrid as_picture(const render::PixelGrid& input, std::vector<Rgb> pixels) {
  return {input.width, input.height, std::move(pixels), ""};
}

render::PixelGrid heat_map(const ExplanationSheet& s, const ExplanationPanel& panel) {
  std::vector<Rgb> pixels(panel.values.size());
  paint(panel.values, scale_of(panel, s.theme), s.theme.bad, pixels);
  return as_picture(s.input, std::move(pixels));
}

/// One of the pictures of a sheet.
struct Tile {
  std::string name, words;
  render::PixelGrid picture;
};

std::vector<Tile> tiles_of(const ExplanationSheet& s) {
  std::vector<Tile> tiles{{"input", s.input.caption, s.input}};
  for (const ExplanationPanel& panel : s.panels) {
    const bool alone = s.panels.size() == 1;
    tiles.push_back({alone ? "overlay" : panel.name, alone ? "" : panel.words,
                     as_picture(s.input, overlay(s.input, panel))});
    if (alone) tiles.push_back({panel.name, panel.words, heat_map(s, panel)});
  }
  return tiles;
}

/// Columns and the side of a tile: the largest tiles of at most `most` px that fit the page's width.
struct Arrangement {
  int columns = 1;
  double side = 0;
  bool by_rows = false;  ///< the first column holds the input alone

  /// Row and column of a tile.
  std::pair<int, int> place(int tile) const {
    if (!by_rows || tile == 0) return {tile / columns, tile % columns};
    return {(tile - 1) / (columns - 1), 1 + (tile - 1) % (columns - 1)};
  }
  int rows(std::size_t tiles) const { return place(static_cast<int>(tiles) - 1).first + 1; }
};

/// Room for the tiles: `height` 0 is any; `around` is what a row needs besides the picture, which is `aspect`
/// times as high as wide.
struct Room {
  double width = 0, height = 0, around = 0, aspect = 1;
  bool short_words = true;  ///< below the tiles
};

Arrangement arrangement(std::size_t tiles, int per_row, const Room& room, double most) {
  const double width = room.width;
  const auto side = [&](int columns) { return (width - (columns - 1) * gap) / columns; };
  constexpr double least = 84;
  if (per_row > 0 && side(per_row + 1) >= least)
    return {per_row + 1, std::min(side(per_row + 1), most), true};
  const auto count = static_cast<int>(tiles);
  int columns = count <= 5 ? count : static_cast<int>(std::ceil(std::sqrt(1.6 * count)));
  while (columns > 1 && side(columns) < least) --columns;
  const auto height = [&](int c) {
    return (count + c - 1) / c * (std::min(side(c), most) * room.aspect + room.around);
  };
  // Where a page is short, tiles are small, if their words still fit.
  const double least_on_paper = room.short_words ? 56 : least;
  while (room.height > 0 && height(columns) > room.height && side(columns + 1) >= least_on_paper) ++columns;
  const int rows = (count + columns - 1) / columns;
  columns = (count + rows - 1) / rows;  // no row is much shorter than the others
  return {columns, std::clamp(side(columns), 1.0, most), false};
}

/// The words of a tile, in a few lines.
std::vector<std::string> lines_of(const Sheet& sheet, const Tile& tile, double side) {
  std::vector<std::string> lines = wrapped(sheet.font, one_line(tile.words), small_size, side + gap - 8);
  lines.resize(std::min(lines.size(), side < narrow ? most_narrow_lines : most_lines));
  return lines;
}

void add_tile(Sheet& sheet, const ExplanationSheet& s, const Tile& tile, Point at, double side) {
  Shown shown = shown_in(tile.picture, side, side, s.page.grain);
  const double middle = at.x + side / 2;
  sheet.put(middle, at.y - 6, sheet.font.fitted(one_line(tile.name), text_size, side + gap - 6), text_size,
            s.theme.ink, Anchor::middle);
  shown.bitmap.x = std::round(at.x + (side - shown.bitmap.width()) / 2);
  shown.bitmap.y = at.y;
  shown.bitmap.frame = sheet.hairline();
  double y = at.y + shown.bitmap.height() + 15;
  sheet.scene.add(std::move(shown.bitmap));
  for (const std::string& line : lines_of(sheet, tile, side)) {
    sheet.put(middle, y, line, small_size, s.theme.muted, Anchor::middle);
    y += line_height;
  }
}

}  // namespace

std::vector<Rgb> overlay(const render::PixelGrid& input, const ExplanationPanel& panel) {
  const ValueScale scale = scale_of(panel, Theme::light());
  const double least = panel.may_be_negative ? 0 : scale.lo, most = scale.hi - least;
  std::vector<Rgb> pixels;
  for (std::size_t i = 0; i < input.pixels.size(); ++i) {
    const std::uint8_t grey = grey_of(input.pixels[i]);
    // Lighter than the input, so that colours remain distinct on black.
    const auto base = static_cast<std::uint8_t>(64 + grey * 3 / 4);
    const auto v = static_cast<double>(panel.values[i]);
    const double share = std::isfinite(v) && most > 0
                             ? std::clamp((panel.may_be_negative ? std::abs(v) : v - least) / most, 0.0, 1.0)
                             : 0;
    const Rgb ink = panel.may_be_negative ? (v < 0 ? Rgb{33, 102, 172} : Rgb{178, 24, 43})
                                          : map(Colormap::viridis, share);
    pixels.push_back(mixed({base, base, base}, ink, 0.85 * std::sqrt(share)));
  }
  return pixels;
}

Scene draw(const ExplanationSheet& s) {
  check(s);
  Sheet sheet(s.theme, s.page);
  const std::vector<Tile> tiles = tiles_of(s);
  const bool alone = s.panels.size() == 1;
  const ColourBar bar{scale_of(s.panels[0], s.theme), s.meaning, false,
                      range_of(s.panels[0].values).finite == 0};
  const double bar_room = alone ? colour_bar_width(sheet, bar) + 14 : 0;
  std::size_t longest = 0;
  for (const ExplanationPanel& p : s.panels) longest = std::max(longest, p.words.size());
  constexpr std::size_t short_words = 24;
  const double words = longest == 0 ? 0 : line_height * (longest <= short_words ? 2.0 : most_narrow_lines);
  constexpr double heading_and_legend = 120;
  const Arrangement a = arrangement(
      tiles.size(), s.per_row,
      {s.page.width - 2 * sheet.margin - bar_room,
       s.page.height > 0 ? std::max(1.0, s.page.height - heading_and_legend) : 0, name_height + words + 12,
       static_cast<double>(s.input.height) / s.input.width, longest <= short_words},
      s.page.exact ? 1e4 : 220);
  std::size_t lines = 0;
  for (const Tile& tile : tiles) lines = std::max(lines, lines_of(sheet, tile, a.side).size());
  const double width = a.columns * a.side + (a.columns - 1) * gap + bar_room;
  sheet.scene.width = std::ceil(std::max(std::min(least_width, s.page.width), 2 * sheet.margin + width));
  const double left = std::floor((sheet.scene.width - width) / 2);
  double y = std::round(add_heading(sheet, s, s.page, sheet.scene.width) + name_height);
  const Shown shown = shown_in(s.input, a.side, a.side, s.page.grain);
  const double step = shown.bitmap.height() + name_height + line_height * static_cast<double>(lines) + 12;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    const auto [row, column] = a.place(static_cast<int>(i));
    add_tile(sheet, s, tiles[i], {left + column * (a.side + gap), y + row * step}, a.side);
  }
  if (alone) add_colour_bar(sheet, bar, left + width - bar_room + 14, y, shown.bitmap.height());
  y += a.rows(tiles.size()) * step - name_height;
  Legend legend;
  if (!alone && s.own_scales) legend.add("each map has a scale of its own");
  if (std::ranges::any_of(s.panels, &ExplanationPanel::may_be_negative))
    legend.add("red: for it, blue: against it");
  if (std::ranges::any_of(s.panels, [](const ExplanationPanel& p) { return !p.may_be_negative; }))
    legend.add("from blue to yellow: little to much importance, none against it");
  for (const std::string& remark : s.remarks) legend.add(remark);
  y = add_legend(sheet, legend, sheet.margin, y, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
