// Draws the maps of a layer before and after a change.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "nv/core/error.h"
#include "nv/figures/comparison/layer_change.h"
#include "nv/render/charts/shrink.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double tile_gap = 8, lane_gap = 26, row_gap = 10, head = 18, bar_gap = 22, strip = 14;

/// Sizes of the grid, in px: lanes side by side, each three tiles wide.
struct ChangeLayout {
  int lanes = 1, rows = 0, factor = 1;
  double cell_width = 1, cell_height = 1, tile_width = 0, tile_height = 0, number = 0;

  double lane() const { return number + 3 * tile_width + 2 * tile_gap; }
  double width() const { return lanes * lane() + (lanes - 1) * lane_gap; }
  double height() const { return head + rows * (tile_height + row_gap) - row_gap; }
};

void check(const ChangeSheet& sheet) {
  for (const MapPair& p : sheet.pairs)
    for (const Map* m : {&p.before, &p.after})
      if (m->rows < 1 || m->cols < 1 || m->rows != p.before.rows || m->cols != p.before.cols ||
          static_cast<std::size_t>(m->rows) * static_cast<std::size_t>(m->cols) != m->values.size())
        throw_usage("{}: channel {} has {} values", sheet.title, m->channel, m->values.size());
}

ChangeLayout layout_of(const ChangeSheet& sheet, double room, double number) {
  ChangeLayout l;
  l.number = number;
  const double grain = sheet.page.grain;
  const Map& map = sheet.pairs.front().before;
  const double most = std::min(sheet.tile, std::max(grain, (room - number - 2 * tile_gap) / 3));
  if (sheet.page.exact) l.factor = shrinking(map.cols, most, grain);
  const int columns = (map.cols + l.factor - 1) / l.factor, rows = (map.rows + l.factor - 1) / l.factor;
  const double cell =
      std::max(1.0, std::floor(most / std::max(columns, rows == 1 ? 1 : rows) / grain)) * grain;
  l.cell_width = cell;
  l.cell_height = map.rows == 1 ? std::max(strip, cell) : cell;
  l.tile_width = columns * l.cell_width;
  l.tile_height = rows * l.cell_height;
  const int count = static_cast<int>(sheet.pairs.size());
  const int fit = static_cast<int>((room + lane_gap) / (l.lane() + lane_gap));
  // A further lane only for four rows or more: short figures read better in one.
  l.lanes = std::clamp(std::min(fit, (count + 3) / 4), 1, count);
  l.rows = (count + l.lanes - 1) / l.lanes;
  return l;
}

void add_tile(Sheet& sheet, const ChangeLayout& l, const Map& map, const ValueScale& scale, double x,
              double y) {
  Bitmap bitmap;
  bitmap.x = x;
  bitmap.y = y;
  const Shrunk small = l.factor > 1 ? shrunk(map.values, map.rows, map.cols, l.factor, l.factor)
                                    : Shrunk{map.rows, map.cols, {}};
  bitmap.columns = small.cols;
  bitmap.rows = small.rows;
  bitmap.cell_width = l.cell_width;
  bitmap.cell_height = l.cell_height;
  bitmap.frame = map.dead ? Stroke{sheet.theme.second, 1, 3} : sheet.hairline();
  if (map.frozen) {
    add_frozen(sheet, x, y, bitmap.width(), bitmap.height());
    sheet.scene.outline(x - 1, y - 1, bitmap.width() + 2, bitmap.height() + 2, sheet.hairline());
    return;
  }
  const std::span<const float> cells = l.factor > 1 ? std::span<const float>(small.values) : map.values;
  bitmap.pixels.resize(cells.size());
  paint(cells, scale, sheet.theme.bad, bitmap.pixels);
  sheet.scene.add(std::move(bitmap));
}

std::vector<float> minus(const MapPair& pair) {
  std::vector<float> d(pair.before.values.size());
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = pair.after.values[i] - pair.before.values[i];
  return d;
}

Legend legend_of(const ChangeSheet& sheet, const ChangeLayout& l, const Range& differences) {
  Legend legend;
  const auto shown = static_cast<int>(sheet.pairs.size());
  legend.add(shown < sheet.channels
                 ? fmt::format("the {} of {} channels that differ most", shown, sheet.channels)
                 : fmt::format("{} channel{}", shown, shown == 1 ? "" : "s"));
  if (differences.constant() && differences.lo == 0) legend.add("no difference");
  if (l.factor > 1)
    legend.add(fmt::format("1 : {} = means over {} × {} units", l.factor, l.factor, l.factor));
  const bool frozen = std::ranges::any_of(sheet.pairs, [](const MapPair& p) { return p.after.frozen; });
  if (frozen) legend.entries.push_back({Legend::Mark::frozen, "frozen: hands on zeros"});
  const bool dead = std::ranges::any_of(
      sheet.pairs, [](const MapPair& p) { return p.before.dead || (p.after.dead && !p.after.frozen); });
  if (dead) legend.entries.push_back({Legend::Mark::dead, "every value 0"});
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
    survey.minuses.push_back(minus(p));
    survey.differences = joined(survey.differences, range_of(survey.minuses.back()));
    survey.highest = std::max(survey.highest, p.before.channel);
  }
  return survey;
}

void add_names(Sheet& sheet, const ChangeSheet& change, const ChangeLayout& l, double tiles, double y) {
  const std::string* names[] = {&change.before_name, &change.after_name, &change.difference_name};
  for (int k = 0; k < 3; ++k)
    sheet.put(tiles + k * (l.tile_width + tile_gap) + l.tile_width / 2, y + 10, *names[k], small_size,
              sheet.theme.muted, Anchor::middle);
}

/// The rows of maps from (x, y) on; `bars` are the scales of values and of differences.
void add_pairs(Sheet& sheet, const ChangeSheet& change, const ChangeLayout& l, const ChangeSurvey& survey,
               std::span<const ColourBar, 2> bars, double left, double y) {
  for (std::size_t i = 0; i < change.pairs.size(); ++i) {
    const int lane = static_cast<int>(i) / l.rows, row = static_cast<int>(i) % l.rows;
    const double x = left + lane * (l.lane() + lane_gap), top = y + head + row * (l.tile_height + row_gap);
    const double tiles = x + l.number, step = l.tile_width + tile_gap;
    const MapPair& p = change.pairs[i];
    if (row == 0) add_names(sheet, change, l, tiles, y);
    sheet.put(tiles - 6, top + l.tile_height / 2 + 4, std::to_string(p.before.channel), small_size,
              sheet.theme.ink, Anchor::end);
    add_tile(sheet, l, p.before, bars[0].scale, tiles, top);
    add_tile(sheet, l, p.after, bars[0].scale, tiles + step, top);
    Map difference = p.before;
    difference.values = survey.minuses[i];
    difference.dead = difference.frozen = false;
    add_tile(sheet, l, difference, bars[1].scale, tiles + 2 * step, top);
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
  const ColourBar bars[] = {{survey.values.lo < 0 ? symmetric_scale(survey.values, change.theme.diverging)
                                                  : sequential_scale(survey.values, change.map),
                             "value", false, survey.values.finite == 0},
                            {symmetric_scale(survey.differences, change.theme.diverging), "difference", false,
                             survey.differences.finite == 0}};
  const double bar_room =
      bar_gap + std::max(colour_bar_width(sheet, bars[0]), colour_bar_width(sheet, bars[1]));
  const double room = std::max(60.0, change.page.width - 2 * sheet.margin - bar_room);
  ChangeLayout l;
  if (!change.pairs.empty())
    l = layout_of(change, room, sheet.font.width(std::to_string(survey.highest), small_size) + 8);
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, change.page.width), l.width() + bar_room + 2 * sheet.margin));
  double y = add_heading(sheet, change, change.page, sheet.scene.width);
  add_pairs(sheet, change, l, survey, bars, sheet.margin, y);
  if (!change.pairs.empty()) y += add_bars(sheet, l, bars, sheet.margin + l.width() + bar_gap, y);
  y = add_legend(sheet, legend_of(change, l, survey.differences), sheet.margin, y + 8,
                 sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
