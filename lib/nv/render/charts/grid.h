// How many columns, and how large the cells: the arithmetic of grids of maps.
#pragma once

namespace nv::render {

/// `count` equal tiles of width x height units each.
struct Tiles {
  int count = 0;
  int width = 1, height = 1;
  bool consecutive = true;  ///< their numbers count up by one, so that numbers of rows and columns suffice
  double grain = 1;         ///< px; cells are whole multiples of it
};

struct Grid {
  int columns = 0, rows = 0;
  double cell = 1;                         ///< px a unit, a multiple of the grain
  double gutter = 0;                       ///< px between tiles
  double tile_width = 0, tile_height = 0;  ///< px, labels not included
  double step_x = 0, step_y = 0;           ///< px from one tile to the next
  bool numbered = true;      ///< each tile has its number above it; else rows and columns are numbered
  double number_height = 0;  ///< px above each tile for it

  double width() const { return columns * step_x - gutter; }
  double height() const { return rows * step_y - gutter; }
};

/// The grid with the largest cells whose tiles fit into `width` x `height` px, with numbers of `number_width`
/// px above them; if numbers do not fit, rows and columns are numbered instead. If not even cells of one
/// grain fit, the grid is larger, with sides of about 3 to 2.
Grid tile_grid(const Tiles& tiles, double width, double height, double number_width);

/// The same for a matrix of single units, without gutters or numbers, cells of at most `most` px.
Grid unit_grid(int count, double width, double height, double most, double grain = 1);

/// The largest multiple of `grain` that is at most `room`, but at least one grain.
double whole_cells(double room, double grain);

}  // namespace nv::render
