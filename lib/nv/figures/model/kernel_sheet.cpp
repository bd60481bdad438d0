// Draws the kernels of a layer.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/figures/model/kernel_tiles.h"
#include "nv/figures/model/layer_kernels.h"
#include "nv/render/charts/grid.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double axis_room = 20, largest_cell = 24;
constexpr int most_cells = 1200;  // per side, unless the page is exact

Scene draw_grid(const KernelSheet& kernels) {
  MapGrid grid;
  static_cast<Heading&>(grid) = kernels;
  grid.maps = maps_of(kernels.values, kernels.filters, kernels.rows, kernels.cols);
  for (Map& map : grid.maps) map.dead = false;  // a mark for activations
  grid.scale = ScaleMode::symmetric;
  grid.meaning = "weight";
  grid.noun = kernels.filter;
  grid.theme = kernels.theme;
  grid.page = kernels.page;
  return draw(grid);
}

/// The kernels that are shown. Kernels of more than one number are separated by a cell.
struct KernelMatrix {
  bool filters_across = false;
  int across = 0, down = 0;  // kernels
  int gap = 0;
  double cell = 1;

  int step(int side) const { return side + gap; }
};

KernelMatrix matrix_of(const KernelSheet& k, double room) {
  KernelMatrix m;
  m.filters_across = k.filters > k.inputs;
  m.gap = k.rows * k.cols > 1 ? 1 : 0;
  const Page& page = k.page;
  const int fit = page.exact ? static_cast<int>(room / page.grain) : most_cells;
  m.across = std::clamp((fit + m.gap) / m.step(k.cols), 1, std::max(k.filters, k.inputs));
  m.down = std::clamp((std::max(fit, most_cells) + m.gap) / m.step(k.rows), 1, std::min(k.filters, k.inputs));
  const double columns = m.across * m.step(k.cols) - m.gap;
  const double least = page.exact ? page.grain : std::max(2.0, page.grain);
  m.cell = std::max(whole_cells(std::min(largest_cell, room / columns), page.grain), least);
  return m;
}

/// A grey that is on no colour scale of signed weights.
Rgb gap_colour(const Theme& theme) {
  return mixed(theme.background, theme.ink, 0.5);
}

Bitmap bitmap_of(const KernelSheet& k, const KernelMatrix& m, const ValueScale& scale) {
  Bitmap bitmap;
  bitmap.columns = m.across * m.step(k.cols) - m.gap;
  bitmap.rows = m.down * m.step(k.rows) - m.gap;
  bitmap.cell_width = bitmap.cell_height = m.cell;
  const auto across = static_cast<std::size_t>(bitmap.columns), cols = static_cast<std::size_t>(k.cols);
  bitmap.pixels.assign(across * static_cast<std::size_t>(bitmap.rows), gap_colour(k.theme));
  for (int y = 0; y < m.down; ++y)
    for (int x = 0; x < m.across; ++x)
      for (int r = 0; r < k.rows; ++r) {
        const auto f = static_cast<std::size_t>(m.filters_across ? x : y),
                   i = static_cast<std::size_t>(m.filters_across ? y : x);
        const std::size_t kernel = f * static_cast<std::size_t>(k.inputs) + i;
        const std::size_t from =
            (kernel * static_cast<std::size_t>(k.rows) + static_cast<std::size_t>(r)) * cols;
        const std::size_t to = static_cast<std::size_t>(y * m.step(k.rows) + r) * across +
                               static_cast<std::size_t>(x * m.step(k.cols));
        paint(k.values.subspan(from, cols), scale, k.theme.bad,
              std::span<Rgb>(bitmap.pixels).subspan(to, cols));
      }
  return bitmap;
}

/// "16 filters".
std::string counted(int n, const std::string& what) {
  return fmt::format("{} {}{}", n, what, n == 1 ? "" : "s");
}

Legend matrix_legend(const KernelSheet& k, const KernelMatrix& m, const Range& range) {
  Legend legend;
  legend.add(fmt::format("{}  ·  {}  ·  {}", counted(k.filters, k.filter), counted(k.inputs, k.input),
                         range_text(range)));
  const int filters = m.filters_across ? m.across : m.down, inputs = m.filters_across ? m.down : m.across;
  if (filters < k.filters || inputs < k.inputs)
    legend.add(
        fmt::format("shown: the first {} and {}", counted(filters, k.filter), counted(inputs, k.input)));
  if (range.not_finite > 0)
    legend.entries.push_back({Legend::Mark::bad, fmt::format("not finite: {}", range.not_finite)});
  if (m.gap > 0) legend.entries.push_back({Legend::Mark::swatch, "between kernels", gap_colour(k.theme)});
  return legend;
}

Scene draw_matrix(const KernelSheet& k) {
  Sheet sheet(k.theme, k.page);
  const Range range = range_of(k.values);
  const ColourBar bar{symmetric_scale(range, k.theme.diverging), "weight", false, range.finite == 0};
  const double bar_room = colour_bar_gap + colour_bar_width(sheet, bar);
  Axes axes{0, 0, 1, std::min(k.inputs, k.filters), 1, 1, 0, 1};
  const double left = sheet.margin + axis_room + index_width(sheet, axes);
  const KernelMatrix m = matrix_of(k, std::max(60.0, k.page.width - left - bar_room - sheet.margin));
  Bitmap bitmap = bitmap_of(k, m, bar.scale);
  const Grid tiles = colour_grid(sheet, k);
  sheet.scene.width =
      std::ceil(std::max({std::min(least_width, k.page.width),
                          left + bitmap.width() + bar_room + sheet.margin, colour_width(sheet, tiles)}));
  double top = add_heading(sheet, k, k.page, sheet.scene.width);
  if (tiles.columns > 0) top = add_colour_tiles(sheet, k, tiles, top) + 24;
  top = std::ceil(top + axis_room + index_height);
  axes = {left, top, m.across, m.down, m.step(k.cols) * m.cell, m.step(k.rows) * m.cell, 0, 1};
  add_indices(sheet, axes);
  sheet.put(left + bitmap.width() / 2, top - index_height - 6, m.filters_across ? k.filter : k.input,
            small_size, k.theme.muted, Anchor::middle);
  sheet.scene.text({sheet.margin + small_size - 2, top + bitmap.height() / 2,
                    m.filters_across ? k.input : k.filter, small_size, k.theme.muted, Anchor::middle,
                    FontWeight::regular, Turn::up});
  bitmap.x = left;
  bitmap.y = top;
  bitmap.frame = sheet.hairline();
  const double bar_height = std::max(60.0, std::min(bitmap.height(), 640.0));
  add_colour_bar(sheet, bar, left + bitmap.width() + colour_bar_gap, top - 1, bar_height + 2);
  const double bottom = top + std::max(bitmap.height(), bar_height);
  sheet.scene.add(std::move(bitmap));
  const double y = add_legend(sheet, matrix_legend(k, m, range), sheet.margin, bottom + 6,
                              sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace

Scene draw(const KernelSheet& k) {
  const double count = static_cast<double>(k.filters) * k.inputs * k.rows * k.cols;
  if (k.filters < 1 || k.inputs < 1 || k.rows < 1 || k.cols < 1 ||
      count != static_cast<double>(k.values.size()))
    throw_usage("{}: {} values are not {} x {} kernels of {} x {}", k.title, k.values.size(), k.filters,
                k.inputs, k.rows, k.cols);
  return k.inputs == 1 && k.rows * k.cols > 1 ? draw_grid(k) : draw_matrix(k);
}

}  // namespace nv::figures
