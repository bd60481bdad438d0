#include "nv/render/charts/strips.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"

namespace nv::render {

namespace {

constexpr Rgb not_finite{128, 128, 128};

void put(TerminalPicture& picture, const Shrunk& map, int times, int left, const ValueScale& scale) {
  std::vector<Rgb> colours(map.values.size());
  paint(map.values, scale, not_finite, colours);
  for (int y = 0; y < map.rows * times; ++y)
    for (int x = 0; x < map.cols * times; ++x)
      picture.at(left + x, y) =
          colours[static_cast<std::size_t>(y / times) * static_cast<std::size_t>(map.cols) +
                  static_cast<std::size_t>(x / times)];
}

}  // namespace

MapStrip map_strip(std::span<const Map> maps, const ValueScale& scale, int columns, int side) {
  int high = 0, x = 0;
  std::vector<Shrunk> shown;
  std::vector<int> enlarged;
  for (const Map& map : maps) {
    const int longest = std::max(map.rows, map.cols), factor = shrinking(longest, side, 1);
    Shrunk small = shrunk(map.values, map.rows, map.cols, factor, factor);
    const int times = std::max(1, side / std::max(small.rows, small.cols));
    if (x + small.cols * times > columns && x > 0) break;
    x += small.cols * times + 1;
    high = std::max(high, small.rows * times);
    shown.push_back(std::move(small));
    enlarged.push_back(times);
  }
  TerminalPicture picture(std::max(0, x - 1), high);
  x = 0;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    put(picture, shown[i], enlarged[i], x, scale);
    x += shown[i].cols * enlarged[i] + 1;
  }
  return {std::move(picture), shown.size()};
}

TerminalPicture picture_strip(const PixelGrid& picture, int columns, int side) {
  const Bitmap bitmap = shown_in(picture, columns, side, 1).bitmap;
  const int cell = static_cast<int>(bitmap.cell_width);
  TerminalPicture strip(bitmap.columns * cell, bitmap.rows * cell);
  for (int y = 0; y < strip.rows; ++y)
    for (int x = 0; x < strip.columns; ++x)
      strip.at(x, y) =
          bitmap.pixels[static_cast<std::size_t>(y / cell) * static_cast<std::size_t>(bitmap.columns) +
                        static_cast<std::size_t>(x / cell)];
  return strip;
}

TerminalPicture unit_strip(std::span<const float> units, const ValueScale& scale, int columns, int side) {
  const auto count = static_cast<int>(units.size());
  if (count < 1) return {0, 0};
  const int factor = (count + columns * side - 1) / (columns * side);
  const Shrunk small = shrunk(units, 1, count, 1, factor);
  const Grid grid = unit_grid(small.cols, columns, side, 2);
  std::vector<Rgb> colours(small.values.size());
  paint(small.values, scale, not_finite, colours);
  const int cell = static_cast<int>(grid.cell);
  TerminalPicture picture(grid.columns * cell, grid.rows * cell);
  for (int i = 0; i < small.cols; ++i)
    for (int k = 0; k < cell * cell; ++k)
      picture.at(i % grid.columns * cell + k % cell, i / grid.columns * cell + k / cell) =
          colours[static_cast<std::size_t>(i)];
  return picture;
}

}  // namespace nv::render
