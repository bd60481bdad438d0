#include "nv/figures/comparison/map_tile.h"

#include <algorithm>
#include <cmath>
#include <span>

#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"

namespace nv::figures {

using namespace render;

MapTile map_tile(const Map& map, double width, double height, double grain, bool shrink) {
  constexpr double strip = 14;
  MapTile tile;
  const bool one_row = map.rows == 1;
  if (shrink) tile.factor = shrinking(map.cols, width, grain);
  if (shrink && !one_row) tile.factor = std::max(tile.factor, shrinking(map.rows, height, grain));
  tile.columns = (map.cols + tile.factor - 1) / tile.factor;
  tile.rows = (map.rows + tile.factor - 1) / tile.factor;
  const double across = width / tile.columns;
  tile.cell_width = whole_cells(one_row ? across : std::min(across, height / tile.rows), grain);
  tile.cell_height = one_row ? std::max(strip, std::min(tile.cell_width, height)) : tile.cell_width;
  return tile;
}

void add_map(Sheet& sheet, const Map& map, const MapTile& tile, const ValueScale& scale, double x, double y) {
  if (map.frozen) {
    add_frozen(sheet, x, y, tile.width(), tile.height());
    sheet.scene.outline(x - 1, y - 1, tile.width() + 2, tile.height() + 2, sheet.hairline());
    return;
  }
  Bitmap bitmap;
  bitmap.x = x;
  bitmap.y = y;
  bitmap.columns = tile.columns;
  bitmap.rows = tile.rows;
  bitmap.cell_width = tile.cell_width;
  bitmap.cell_height = tile.cell_height;
  bitmap.frame = map.dead ? Stroke{sheet.theme.second, 1, 3} : sheet.hairline();
  Shrunk small;
  if (tile.factor > 1)
    small = shrunk(map.values, map.rows, map.cols, map.rows == 1 ? 1 : tile.factor, tile.factor);
  const std::span<const float> cells = tile.factor > 1 ? std::span<const float>(small.values) : map.values;
  bitmap.pixels.resize(cells.size());
  paint(cells, scale, sheet.theme.bad, bitmap.pixels);
  sheet.scene.add(std::move(bitmap));
}

std::vector<float> difference_of(std::span<const float> before, std::span<const float> after) {
  std::vector<float> d(before.size());
  for (std::size_t i = 0; i < d.size(); ++i) d[i] = after[i] - before[i];
  return d;
}

ValueScale value_scale(const Range& range, Colormap map, const Theme& theme) {
  return range.lo < 0 ? symmetric_scale(range, theme.diverging) : sequential_scale(range, map);
}

}  // namespace nv::figures
