#include "nv/render/charts/grid.h"

#include <algorithm>
#include <cmath>

namespace nv::render {

namespace {

constexpr double number_line = 14;
constexpr double largest_cell = 48;
constexpr double least_tile = 14, comfortable_tile = 24;  // px

double gutter_for(double tile, bool numbered) {
  if (!numbered) return tile >= 12 ? 3 : 2;
  return tile >= 100 ? 14 : tile >= 40 ? 10 : 6;
}

Grid shaped(const Tiles& tiles, int columns, double cell, bool numbered, double number_width) {
  Grid grid;
  grid.columns = columns;
  grid.rows = (tiles.count + columns - 1) / columns;
  grid.cell = cell;
  grid.numbered = numbered;
  grid.number_height = numbered ? number_line : 0;
  grid.tile_width = cell * tiles.width;
  grid.tile_height = cell * tiles.height;
  grid.gutter = gutter_for(std::min(grid.tile_width, grid.tile_height), numbered);
  grid.step_x = std::max(grid.tile_width, numbered ? number_width : 0) + grid.gutter;
  grid.step_y = grid.tile_height + grid.number_height + grid.gutter;
  return grid;
}

/// Cell size, reduced a little for empty places in the last row.
double quality(const Grid& grid, int count) {
  const double places = static_cast<double>(grid.columns) * grid.rows;
  return grid.cell * (1 - 0.2 * (places - count) / places);
}

/// Largest cells within the room; no columns if nothing fits.
Grid best_within(const Tiles& tiles, double width, double height, bool numbered, double number_width) {
  Grid best;
  const int round = numbered ? 1 : tiles.count % 32 == 0 ? 8 : 10;  // easy to add to the numbers of rows
  for (int columns = round; columns <= std::min(std::max(tiles.count, round), 4096); columns += round) {
    const double wide = std::min(width / columns / tiles.width, largest_cell);
    for (int grains = static_cast<int>(wide / tiles.grain + 1e-9); grains >= 1; --grains) {
      const Grid grid = shaped(tiles, columns, grains * tiles.grain, numbered, number_width);
      if (grid.width() > width || grid.height() > height) continue;
      if (best.columns == 0 || quality(grid, tiles.count) >= quality(best, tiles.count)) best = grid;
      break;
    }
  }
  return best;
}

/// Cells of one grain, sides about 3 to 2.
Grid best_beyond(const Tiles& tiles, bool numbered, double number_width) {
  Grid best;
  double least = 0;
  for (int columns = 1; columns <= std::min(tiles.count, 4096); ++columns) {
    const Grid grid = shaped(tiles, columns, tiles.grain, numbered, number_width);
    const double places = static_cast<double>(grid.columns) * grid.rows;
    const double off =
        std::abs(std::log(grid.width() / grid.height() / 1.5)) + (places - tiles.count) / places;
    if (best.columns == 0 || off < least) {
      best = grid;
      least = off;
    }
  }
  return best;
}

}  // namespace

Grid tile_grid(const Tiles& tiles, double width, double height, double number_width) {
  if (tiles.count < 1 || tiles.width < 1 || tiles.height < 1) return {};
  const Grid numbered = best_within(tiles, width, height, true, number_width);
  const bool fits = numbered.columns > 0;
  if (!tiles.consecutive) return fits ? numbered : best_beyond(tiles, true, number_width);
  if (fits && numbered.tile_width >= std::max(number_width, comfortable_tile)) return numbered;
  Grid plain = best_within(tiles, width, height, false, number_width);
  if (plain.columns > 0 && plain.tile_width < least_tile)  // rather a larger figure than an illegible one
    plain = best_within(tiles, width * 1.5, height * 1.5, false, number_width);
  if (plain.columns == 0) return best_beyond(tiles, tiles.width >= number_width, number_width);
  return !fits || plain.cell >= 1.5 * numbered.cell ? plain : numbered;
}

double whole_cells(double room, double grain) {
  return std::max(1.0, std::floor(room / grain + 1e-9)) * grain;
}

Grid unit_grid(int count, double width, double height, double most, double grain) {
  Grid best;
  double best_quality = 0;
  for (int columns = 1; columns <= count && columns * grain <= width; ++columns) {
    const int rows = (count + columns - 1) / columns;
    const double room = std::min({most, width / columns, height / rows});
    if (room < grain) continue;
    const double cell = whole_cells(room, grain);
    Grid grid;
    grid.columns = columns;
    grid.rows = rows;
    grid.cell = cell;
    grid.numbered = false;
    grid.step_x = grid.step_y = grid.tile_width = grid.tile_height = cell;
    const double ragged =
        columns * rows == count ? 1 : 0.75;  // the blank end of a last row could be read as values
    const double candidate = quality(grid, count) * ragged;
    if (best.columns > 0 && candidate < best_quality) continue;
    best_quality = candidate;
    best = grid;
  }
  return best;
}

}  // namespace nv::render
