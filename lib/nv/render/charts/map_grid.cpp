#include "nv/render/charts/map_grid.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"
#include "nv/render/scene/sheet.h"

namespace nv::render {

namespace {

constexpr double number_size = small_size;

/// The values of `map`; throws if their number is not rows * cols.
std::span<const float> checked(const Map& map, const std::string& title) {
  const double size = static_cast<double>(map.rows) * map.cols;
  if (map.rows < 1 || map.cols < 1 || size != static_cast<double>(map.values.size()))
    throw_usage("{}: channel {} has {} values, not {} x {}", title, map.channel, map.values.size(), map.rows,
                map.cols);
  return map.values;
}

/// Figures of all maps that are needed before one is drawn.
struct Survey {
  std::vector<Range> ranges;  // one per map
  Range shown;                // of all maps that are not frozen
  std::vector<int> dead, frozen;
  Tiles tiles;
  int highest = 0;  // channel
};

Survey surveyed(const MapGrid& grid) {
  Survey survey;
  survey.tiles.count = static_cast<int>(grid.maps.size());
  int last = 0;
  for (const Map& map : grid.maps) {
    if (!survey.ranges.empty() && map.channel != last + 1) survey.tiles.consecutive = false;
    last = map.channel;
    survey.ranges.push_back(range_of(checked(map, grid.title)));
    survey.tiles.width = std::max(survey.tiles.width, map.cols);
    survey.tiles.height = std::max(survey.tiles.height, map.rows);
    survey.highest = std::max(survey.highest, map.channel);
    if (map.frozen)
      survey.frozen.push_back(map.channel);
    else
      survey.shown = joined(survey.shown, survey.ranges.back());
    if (map.dead && !map.frozen) survey.dead.push_back(map.channel);
  }
  return survey;
}

ValueScale scale_of(const MapGrid& grid, const Range& range) {
  return grid.scale == ScaleMode::symmetric ? symmetric_scale(range, grid.theme.diverging)
                                            : sequential_scale(range, grid.map);
}

void add_map(Sheet& sheet, const Map& map, const ValueScale& scale, double x, double y, double cell,
             int factor) {
  const Theme& theme = sheet.theme;
  Bitmap bitmap;
  bitmap.x = x;
  bitmap.y = y;
  const Shrunk small =
      factor > 1 ? shrunk(map.values, map.rows, map.cols, factor, factor) : Shrunk{map.rows, map.cols, {}};
  bitmap.columns = small.cols;
  bitmap.rows = small.rows;
  bitmap.cell_width = bitmap.cell_height = cell;
  bitmap.frame = map.dead && !map.frozen ? Stroke{theme.second, 1, 3} : sheet.hairline();
  if (map.frozen) {
    add_frozen(sheet, x, y, bitmap.width(), bitmap.height());
    sheet.scene.outline(x - 1, y - 1, bitmap.width() + 2, bitmap.height() + 2, sheet.hairline());
    return;
  }
  const std::span<const float> cells = factor > 1 ? std::span<const float>(small.values) : map.values;
  bitmap.pixels.resize(cells.size());
  paint(cells, scale, theme.bad, bitmap.pixels);
  sheet.scene.add(std::move(bitmap));
}

/// The channel's number above its map; with a scale per map also its range, if there is room.
void add_number(Sheet& sheet, const Map& map, const Range& range, bool own_scale, double x, double y,
                double width) {
  const std::string number = std::to_string(map.channel);
  sheet.put(x, y - 4, number, number_size, sheet.theme.muted);
  if (!own_scale || map.frozen) return;
  const double room = width - sheet.font.width(number, number_size) - 6;
  const std::string both = range.finite == 0
                               ? std::string("NaN")
                               : fmt::format("{} … {}", compact_number(range.lo), compact_number(range.hi));
  for (const std::string& text : {both, compact_number(range.hi)})
    if (sheet.font.width(text, number_size) <= room) {
      sheet.put(x + width, y - 4, text, number_size, sheet.theme.muted, Anchor::end);
      return;
    }
}

Legend legend_of(const MapGrid& grid, const Survey& survey, bool numbered, int factor) {
  Legend legend;
  const auto count = [&grid](std::size_t n) {
    return fmt::format("{} {}{}", n, grid.noun, n == 1 ? "" : "s");
  };
  if (!grid.remark.empty()) legend.add(grid.remark);
  legend.add(fmt::format("{}  ·  {}", count(grid.maps.size()), range_text(survey.shown)));
  if (factor > 1) legend.add(fmt::format("1 : {} = means over {} × {} units", factor, factor, factor));
  if (grid.scale == ScaleMode::separate)
    legend.add(
        "each channel has a scale of its own, from its min to its max: do not compare colours between maps");
  if (!numbered) legend.add(fmt::format("{} = number of the row + number of the column", grid.noun));
  if (!survey.dead.empty())
    legend.entries.push_back(
        {Legend::Mark::dead,
         fmt::format("inactive (every value 0): {}{}", listed(survey.dead),
                     survey.dead.size() > 12 ? fmt::format(" ({} in all)", survey.dead.size()) : "")});
  if (!survey.frozen.empty())
    legend.entries.push_back({Legend::Mark::frozen, fmt::format("frozen: {}", listed(survey.frozen))});
  if (survey.shown.not_finite > 0)
    legend.entries.push_back(
        {Legend::Mark::bad, fmt::format("not finite: {} cell{}", thousands(survey.shown.not_finite),
                                        survey.shown.not_finite == 1 ? "" : "s")});
  return legend;
}

void add_maps(Sheet& sheet, const MapGrid& grid, const Survey& survey, const Grid& layout, int factor,
              double x, double y) {
  const ValueScale shared = scale_of(grid, survey.shown);
  const bool own = grid.scale == ScaleMode::separate;
  for (std::size_t i = 0; i < grid.maps.size(); ++i) {
    const int row = static_cast<int>(i) / layout.columns, column = static_cast<int>(i) % layout.columns;
    const double tx = x + column * layout.step_x, ty = y + row * layout.step_y + layout.number_height;
    add_map(sheet, grid.maps[i], own ? scale_of(grid, survey.ranges[i]) : shared, tx, ty, layout.cell,
            factor);
    if (layout.numbered)
      add_number(sheet, grid.maps[i], survey.ranges[i], own, tx, ty, layout.step_x - layout.gutter);
  }
}

/// The grid for maps shrunk 1 : `factor`. If they do not fit, an exact page becomes longer, others wider; an
/// exact page also becomes longer for maps that would be illegibly small.
Grid layout_of(Tiles tiles, int factor, const Page& page, double room, double number) {
  tiles.width = (tiles.width + factor - 1) / factor;
  tiles.height = (tiles.height + factor - 1) / factor;
  Grid layout = tile_grid(tiles, room, page.width * 0.58, number);
  const auto illegible = [&](double height) {
    return std::min(layout.tile_width, layout.tile_height) < 24 && height < 2.2 * page.width;
  };
  for (double height = page.width; page.exact && (layout.width() > room || illegible(height)) && height < 1e6;
       height *= 1.2)
    layout = tile_grid(tiles, room, height, number);
  return layout;
}

}  // namespace

std::vector<Map> maps_of(std::span<const float> values, int channels, int rows, int cols) {
  const std::size_t size =
      static_cast<std::size_t>(std::max(0, rows)) * static_cast<std::size_t>(std::max(0, cols));
  if (channels < 0 || rows < 1 || cols < 1 || values.size() != size * static_cast<std::size_t>(channels))
    throw_usage("{} values are not {} maps of {} x {}", values.size(), channels, rows, cols);
  std::vector<Map> maps;
  maps.reserve(static_cast<std::size_t>(channels));
  for (int c = 0; c < channels; ++c) {
    const std::span<const float> own = values.subspan(static_cast<std::size_t>(c) * size, size);
    const bool dead = std::all_of(own.begin(), own.end(), [](float v) { return v == 0; });
    maps.push_back({c, rows, cols, own, dead, false});
  }
  return maps;
}

Scene draw(const MapGrid& grid) {
  Sheet sheet(grid.theme, grid.page);
  Survey survey = surveyed(grid);
  survey.tiles.grain = grid.page.grain;
  const ColourBar bar{scale_of(grid, survey.shown), grid.meaning, grid.scale == ScaleMode::separate,
                      survey.shown.finite == 0};
  const double bar_room = colour_bar_gap + colour_bar_width(sheet, bar);
  const double number = sheet.font.width(std::to_string(survey.highest), number_size) + 2;
  const double room = std::max(60.0, grid.page.width - 2 * sheet.margin - bar_room) - (number + 8);
  const int factor = grid.page.exact ? shrinking(survey.tiles.width, room, grid.page.grain) : 1;
  const Grid layout = layout_of(survey.tiles, factor, grid.page, room, number);
  Axes axes{0, 0, layout.columns, layout.rows, layout.step_x, layout.step_y, 0, layout.columns};
  if (!grid.maps.empty()) axes.row_first = grid.maps.front().channel;
  const double left = sheet.margin + (layout.numbered ? 1 : index_width(sheet, axes));
  const double least = std::min(least_width, grid.page.width);
  sheet.scene.width =
      std::ceil(std::max(least, left + std::max(0.0, layout.width()) + bar_room + sheet.margin));
  double y = add_heading(sheet, grid, grid.page, sheet.scene.width) + (layout.numbered ? 0 : index_height);
  const double top = y + layout.number_height;
  axes.x = left;
  axes.y = y;
  if (!layout.numbered) add_indices(sheet, axes);
  if (layout.columns > 0) {
    add_maps(sheet, grid, survey, layout, factor, left, y);
    const double height = std::max(60.0, std::min(layout.height() - layout.number_height, 640.0));
    add_colour_bar(sheet, bar, left + layout.width() + colour_bar_gap, top - 1, height + 2);
    y = std::max(y + layout.height(), top + height);
  }
  y = add_legend(sheet, legend_of(grid, survey, layout.numbered, factor), sheet.margin, y + 6,
                 sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::render
