// Single maps as tiles of crisp cells, for figures that arrange them by themselves.
#pragma once

#include <span>
#include <vector>

#include "nv/render/charts/map_grid.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

/// Size of a tile that shows a map.
struct MapTile {
  int factor = 1;  ///< each cell is the mean of factor x factor units; of one row, of `factor` units
  int columns = 0, rows = 0;
  double cell_width = 1, cell_height = 1;  ///< px

  double width() const { return columns * cell_width; }
  double height() const { return rows * cell_height; }
};

/// The largest tile of whole cells that fits `width` x `height` px; a map of one row is a strip at least 14
/// px high. With more units than pixels, the cells are means if `shrink`, else the tile is larger.
MapTile map_tile(const render::Map& map, double width, double height, double grain, bool shrink);

/// Draws the map, or a crossed-out tile if it is frozen, its upper left corner at (x, y).
void add_map(render::Sheet& sheet, const render::Map& map, const MapTile& tile,
             const render::ValueScale& scale, double x, double y);

/// after - before; both have one size.
std::vector<float> difference_of(std::span<const float> before, std::span<const float> after);
/// Sequential, or symmetric about 0 if there are negative values.
render::ValueScale value_scale(const render::Range& range, render::Colormap map, const render::Theme& theme);

}  // namespace nv::figures
