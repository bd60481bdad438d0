// Draws the maps of a layer before and after a change.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "nv/core/error.h"
#include "nv/figures/comparison/layer_change.h"
#include "nv/figures/comparison/map_tile.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double tile_gap = 8, lane_gap = 26, row_gap = 10, head = 18;

/// Sizes of the grid, in px: lanes side by side, each three tiles wide.
struct ChangeLayout {
  int lanes = 1, rows = 0;
  MapTile tile;
  double step = 0, number = 0;  ///< from one tile of a lane to the next; width of the channel's number

  double lane() const { return number + 3 * step - tile_gap; }
  double width() const { return lanes * lane() + (lanes - 1) * lane_gap; }
  double height() const { return head + rows * (tile.height() + row_gap) - row_gap; }
};

void check(const ChangeSheet& sheet) {
  for (const MapPair& p : sheet.pairs)
    for (const Map* m : {&p.before, &p.after})
      if (m->rows < 1 || m->cols < 1 || m->rows != p.before.rows || m->cols != p.before.cols ||
          static_cast<std::size_t>(m->rows) * static_cast<std::size_t>(m->cols) != m->values.size())
        throw_usage("{}: channel {} has {} values", sheet.title, m->channel, m->values.size());
}

ChangeLayout layout_of(const Sheet& scene, const ChangeSheet& sheet, double room, double number) {
  ChangeLayout l;
  l.number = number;
  double name = 0;
  for (const std::string* text : {&sheet.before_name, &sheet.after_name, &sheet.difference_name})
    name = std::max(name, scene.font.width(*text, small_size));
  const double grain = sheet.page.grain;
  const double most = std::min(sheet.tile, std::max(grain, (room - number - 2 * tile_gap) / 3));
  l.tile = map_tile(sheet.pairs.front().before, most, most, grain, sheet.page.exact);
  l.step = std::max(l.tile.width(), std::min(name, most)) + tile_gap;
  const int count = static_cast<int>(sheet.pairs.size());
  const int fit = static_cast<int>((room + lane_gap) / (l.lane() + lane_gap));
  // A further lane only for four rows or more: short figures read better in one.
  l.lanes = std::clamp(std::min(fit, (count + 3) / 4), 1, count);
  l.rows = (count + l.lanes - 1) / l.lanes;
  return l;
}

/// Which channels are shown, and in which order.
std::string order_text(const ChangeSheet& sheet, const ChangeLayout& l) {
  const auto shown = static_cast<int>(sheet.pairs.size());
  if (sheet.channels == 1) return "1 channel";
  const std::string which = shown < sheet.channels ? fmt::format("{} of {}", shown, sheet.channels)
                                                   : fmt::format("all {}", sheet.channels);
  if (sheet.chosen) return fmt::format("{} channels, as chosen", which);
  return fmt::format("{} channels, the largest difference (L2) first{}", which,
                     l.lanes > 1 ? ", column by column" : "");
}

Legend legend_of(const ChangeSheet& sheet, const ChangeLayout& l, const Range& differences) {
  Legend legend;
  legend.add(order_text(sheet, l));
  if (differences.constant() && differences.lo == 0) legend.add("no difference");
  if (l.tile.factor > 1)
    legend.add(fmt::format("1 : {} = means over {} × {} units", l.tile.factor, l.tile.factor, l.tile.factor));
  const bool frozen =
      std::ranges::any_of(sheet.pairs, [](const MapPair& p) { return p.before.frozen || p.after.frozen; });
  if (frozen) legend.entries.push_back({Legend::Mark::frozen, "frozen: all zeros"});
  const bool dead = std::ranges::any_of(sheet.pairs, [](const MapPair& p) {
    return (p.before.dead && !p.before.frozen) || (p.after.dead && !p.after.frozen);
  });
  if (dead) legend.entries.push_back({Legend::Mark::dead, "inactive: every value 0"});
  return legend;
}

/// Ranges over all pairs, and the differences.
struct ChangeSurvey {
  Range values, differences;
  std::vector<std::vector<float>> minuses;  // one per pair
  int highest = 0;                          // channel
};

ChangeSurvey surveyed(const ChangeSheet& change) {
  ChangeSurvey survey;
  for (const MapPair& p : change.pairs) {
    for (const Map* m : {&p.before, &p.after})
      if (!m->frozen) survey.values = joined(survey.values, range_of(m->values));
    survey.minuses.push_back(difference_of(p.before.values, p.after.values));
    survey.differences = joined(survey.differences, range_of(survey.minuses.back()));
    survey.highest = std::max(survey.highest, p.before.channel);
  }
  return survey;
}

void add_names(Sheet& sheet, const ChangeSheet& change, const ChangeLayout& l, double tiles, double y) {
  const std::string* names[] = {&change.before_name, &change.after_name, &change.difference_name};
  for (int k = 0; k < 3; ++k)
    sheet.put(tiles + k * l.step + (l.step - tile_gap) / 2, y + 10,
              sheet.font.fitted_middle(*names[k], small_size, l.step - 2), small_size, sheet.theme.muted,
              Anchor::middle);
}

/// The rows of maps from (x, y) on; `bars` are the scales of values and of differences.
void add_pairs(Sheet& sheet, const ChangeSheet& change, const ChangeLayout& l, const ChangeSurvey& survey,
               std::span<const ColourBar, 2> bars, double left, double y) {
  const double aside = std::floor((l.step - tile_gap - l.tile.width()) / 2);
  for (std::size_t i = 0; i < change.pairs.size(); ++i) {
    const int lane = static_cast<int>(i) / l.rows, row = static_cast<int>(i) % l.rows;
    const double x = left + lane * (l.lane() + lane_gap), top = y + head + row * (l.tile.height() + row_gap);
    const double tiles = x + l.number + aside;
    const MapPair& p = change.pairs[i];
    if (row == 0) add_names(sheet, change, l, x + l.number, y);
    sheet.put(x + l.number - 6, top + l.tile.height() / 2 + 4, std::to_string(p.before.channel), small_size,
              sheet.theme.ink, Anchor::end);
    add_map(sheet, p.before, l.tile, bars[0].scale, tiles, top);
    add_map(sheet, p.after, l.tile, bars[0].scale, tiles + l.step, top);
    Map difference = p.before;
    difference.values = survey.minuses[i];
    difference.dead = difference.frozen = false;
    add_map(sheet, difference, l.tile, bars[1].scale, tiles + 2 * l.step, top);
  }
}

/// Both colour bars, one above the other; returns the height of the whole figure below the heading.
double add_bars(Sheet& sheet, const ChangeLayout& l, std::span<const ColourBar, 2> bars, double x, double y) {
  constexpr double gap = 26;
  const double height = std::max(70.0, std::min((l.height() - head - gap) / 2, 260.0));
  add_colour_bar(sheet, bars[0], x, y + head, height);
  add_colour_bar(sheet, bars[1], x, y + head + height + gap, height);
  return std::max(l.height(), head + 2 * height + gap);
}

}  // namespace

Scene draw(const ChangeSheet& change) {
  check(change);
  Sheet sheet(change.theme, change.page);
  const ChangeSurvey survey = surveyed(change);
  const ColourBar bars[] = {
      {value_scale(survey.values, change.map, change.theme), "activation", false, survey.values.finite == 0},
      {symmetric_scale(survey.differences, change.theme.diverging), "difference", false,
       survey.differences.finite == 0}};
  const double bar_room =
      colour_bar_gap + std::max(colour_bar_width(sheet, bars[0]), colour_bar_width(sheet, bars[1]));
  const double room = std::max(60.0, change.page.width - 2 * sheet.margin - bar_room);
  ChangeLayout l;
  if (!change.pairs.empty())
    l = layout_of(sheet, change, room, sheet.font.width(std::to_string(survey.highest), small_size) + 8);
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, change.page.width), l.width() + bar_room + 2 * sheet.margin));
  double y = add_heading(sheet, change, change.page, sheet.scene.width);
  add_pairs(sheet, change, l, survey, bars, sheet.margin, y);
  if (!change.pairs.empty()) y += add_bars(sheet, l, bars, sheet.margin + l.width() + colour_bar_gap, y);
  y = add_legend(sheet, legend_of(change, l, survey.differences), sheet.margin, y + 8,
                 sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
