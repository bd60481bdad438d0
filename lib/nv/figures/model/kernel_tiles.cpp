#include "nv/figures/model/kernel_tiles.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace nv::figures {

using namespace render;

namespace {

constexpr double number_size = 10;

/// Levels per colour, so that a figure of a few kernels has few colours.
std::uint8_t level(float value, double most) {
  if (!(most > 0)) return 128;
  const double share = std::clamp(static_cast<double>(value) / most, -1.0, 1.0);
  return static_cast<std::uint8_t>(std::lround(127.5 + 127.5 * share));
}

Bitmap tile(const KernelSheet& k, int filter, double most, double cell) {
  const std::size_t size = static_cast<std::size_t>(k.rows) * static_cast<std::size_t>(k.cols);
  const std::span<const float> values =
      k.values.subspan(static_cast<std::size_t>(filter) * 3 * size, 3 * size);
  Bitmap bitmap;
  bitmap.columns = k.cols;
  bitmap.rows = k.rows;
  bitmap.cell_width = bitmap.cell_height = cell;
  for (std::size_t i = 0; i < size; ++i) {
    const float r = values[i], g = values[size + i], b = values[2 * size + i];
    const bool finite = std::isfinite(r) && std::isfinite(g) && std::isfinite(b);
    bitmap.pixels.push_back(finite ? Rgb{level(r, most), level(g, most), level(b, most)} : k.theme.bad);
  }
  return bitmap;
}

double left_of(const Sheet& sheet, const Grid& grid) {
  const Axes axes{0, 0, grid.columns, grid.rows, grid.step_x, grid.step_y, 0, grid.columns};
  return sheet.margin + (grid.numbered ? 1 : index_width(sheet, axes));
}

}  // namespace

bool has_colours(const KernelSheet& k) {
  return k.inputs == 3 && k.rows * k.cols > 1;
}

Grid colour_grid(const Sheet& sheet, const KernelSheet& k) {
  if (!has_colours(k)) return {};
  const Tiles tiles{k.filters, k.cols, k.rows, true, k.page.grain};
  const double number = sheet.font.width(std::to_string(k.filters - 1), number_size) + 2;
  return tile_grid(tiles, k.page.width - 2 * sheet.margin - number - 10, k.page.width * 0.4, number);
}

double colour_width(const Sheet& sheet, const Grid& grid) {
  return grid.columns == 0 ? 0 : left_of(sheet, grid) + grid.width() + sheet.margin;
}

double add_colour_tiles(Sheet& sheet, const KernelSheet& k, const Grid& grid, double y) {
  const Range range = range_of(k.values);
  const double most = std::max(std::abs(range.lo), std::abs(range.hi));
  const std::string text =
      fmt::format("filters with input channels 0, 1, 2 as red, green, blue from {} to {}, 0 is grey",
                  compact_number(-most), compact_number(most));
  for (const std::string& line : wrapped(sheet.font, text, small_size, sheet.scene.width - 2 * sheet.margin))
    sheet.put(sheet.margin, (y += 14) - 10, line, small_size, sheet.theme.muted);
  y += 2;
  const double left = left_of(sheet, grid);
  if (!grid.numbered) {
    y += index_height;
    add_indices(sheet, {left, y, grid.columns, grid.rows, grid.step_x, grid.step_y, 0, grid.columns});
  }
  for (int f = 0; f < k.filters; ++f) {
    Bitmap bitmap = tile(k, f, most, grid.cell);
    bitmap.x = left + f % grid.columns * grid.step_x;
    bitmap.y = y + f / grid.columns * grid.step_y + grid.number_height;
    bitmap.frame = sheet.hairline();
    if (grid.numbered) sheet.put(bitmap.x, bitmap.y - 4, std::to_string(f), number_size, sheet.theme.muted);
    sheet.scene.add(std::move(bitmap));
  }
  return y + grid.height();
}

}  // namespace nv::figures
