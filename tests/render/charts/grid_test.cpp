#include "nv/render/charts/grid.h"

#include <doctest/doctest.h>

using namespace nv::render;

TEST_CASE("small maps get large cells, and the grid stays within its room") {
  struct Layer {
    Tiles tiles;
    int least_cell;
  };
  const Layer layers[] = {{{6, 28, 28}, 8}, {{16, 10, 10}, 8}, {{64, 16, 16}, 4}, {{128, 4, 4}, 11},
                          {{512, 7, 7}, 3}, {{96, 1, 1}, 30},  {{1, 28, 28}, 18}, {{8, 20, 128}, 3}};
  for (const Layer& l : layers) {
    INFO(l.tiles.count, " x ", l.tiles.width);
    const Grid grid = tile_grid(l.tiles, 860, 580, 17);
    CHECK(grid.width() <= 860);
    CHECK(grid.height() <= 580);
    CHECK(grid.cell >= l.least_cell);
    CHECK(grid.columns * grid.rows >= l.tiles.count);
    CHECK(grid.columns * (grid.rows - 1) < l.tiles.count);
  }
}

TEST_CASE("maps that are too many for the page make it larger, a unit never gets less than a pixel") {
  const Grid grid = tile_grid({64, 224, 224}, 860, 580, 12);
  CHECK(grid.cell == 1);
  CHECK(grid.numbered);
  CHECK(grid.width() / grid.height() > 1);
  CHECK(grid.width() / grid.height() < 2);
}

TEST_CASE("where numbers have no room above the maps, rows and columns are numbered in round steps") {
  const Grid many = tile_grid({2000, 7, 7}, 860, 580, 22);
  CHECK(!many.numbered);
  CHECK(many.columns % 10 == 0);
  CHECK(many.cell == 2);
  CHECK(tile_grid({2048, 7, 7}, 860, 580, 22).columns % 8 == 0);
  // Chosen channels do not count up by one: so each needs its number.
  CHECK(tile_grid({2000, 7, 7, false}, 860, 580, 22).numbered);
}

TEST_CASE("units fill a matrix without a ragged end where that costs little") {
  const Grid grid = unit_grid(128, 190, 140, 16);
  CHECK(grid.columns * grid.rows == 128);
  CHECK(unit_grid(97, 190, 140, 16).cell >= 10);
  CHECK(unit_grid(1, 190, 140, 16).cell == 16);
}

TEST_CASE("no tiles give an empty grid") {
  CHECK(tile_grid({0, 4, 4}, 860, 580, 12).columns == 0);
  CHECK(tile_grid({4, 0, 4}, 860, 580, 12).columns == 0);
  CHECK(unit_grid(0, 100, 100, 16).columns == 0);
}
