#include "nv/figures/explanation/explanation_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/figures/explanation/tile_layout.h"

namespace nv::figures {

using namespace render;

namespace {

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

std::vector<Tile> tiles_of(const ExplanationSheet& s) {
  std::vector<Tile> tiles{{"input", {}, s.input}};
  for (const ExplanationPanel& panel : s.panels) {
    const bool alone = s.panels.size() == 1;
    tiles.push_back({alone ? "overlay" : panel.name, alone ? std::vector<std::string>() : panel.words,
                     as_picture(s.input, overlay(s.input, panel))});
    if (alone) tiles.push_back({panel.name, panel.words, heat_map(s, panel)});
  }
  return tiles;
}

Legend legend_of(const ExplanationSheet& s) {
  Legend legend;
  if (s.panels.size() > 1 && s.own_scales) legend.add("each map has a scale of its own");
  if (std::ranges::any_of(s.panels, &ExplanationPanel::may_be_negative))
    legend.add("red: for it, blue: against it");
  if (std::ranges::any_of(s.panels, [](const ExplanationPanel& p) { return !p.may_be_negative; }))
    legend.add("from blue to yellow: little to much importance, none against it");
  for (const std::string& remark : s.remarks) legend.add(remark);
  return legend;
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
  constexpr double heading_and_legend = 120;
  const TileLayout layout(
      sheet, tiles,
      {.width = s.page.width - 2 * sheet.margin - bar_room,
       .height = s.page.height > 0 ? std::max(1.0, s.page.height - heading_and_legend) : 0,
       .most = s.page.exact ? 1e4 : 220,
       .per_row = s.per_row});
  const double width = layout.width() + bar_room;
  sheet.scene.width = std::ceil(std::max(std::min(least_width, s.page.width), 2 * sheet.margin + width));
  const double left = std::floor((sheet.scene.width - width) / 2);
  double y = std::round(add_heading(sheet, s, s.page, sheet.scene.width));
  layout.draw(sheet, left, y);
  if (alone)
    add_colour_bar(sheet, bar, left + layout.width() + 14, y + layout.first_picture(),
                   layout.picture_height());
  y = add_legend(sheet, legend_of(s), sheet.margin, y + layout.height(),
                 sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
