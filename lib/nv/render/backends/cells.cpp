#include "nv/render/backends/cells.h"

#include <algorithm>

namespace nv::render {

Cells enlarged(const Bitmap& bitmap, std::size_t most) {
  const auto columns = static_cast<std::size_t>(std::max(0, bitmap.columns)),
             rows = static_cast<std::size_t>(std::max(0, bitmap.rows));
  if (columns * rows == 0 || bitmap.pixels.size() < columns * rows) return {};
  constexpr std::size_t most_pixels = 1 << 18;  // of one picture
  auto times = static_cast<std::size_t>(
      std::clamp(std::min(bitmap.cell_width, bitmap.cell_height), 1.0, static_cast<double>(most)));
  while (times > 1 && columns * rows * times * times > most_pixels) --times;
  Cells cells{static_cast<int>(columns * times), static_cast<int>(rows * times), {}};
  cells.pixels.reserve(columns * rows * times * times);
  for (std::size_t y = 0; y < rows * times; ++y)
    for (std::size_t x = 0; x < columns * times; ++x)
      cells.pixels.push_back(bitmap.pixels[y / times * columns + x / times]);
  return cells;
}

Cells bands(const Gradient& gradient) {
  const int count = static_cast<int>(gradient.stops.size());
  if (gradient.direction == Direction::right) return {count, 1, gradient.stops};
  return {1, count, std::vector<Rgb>(gradient.stops.rbegin(), gradient.stops.rend())};
}

Rect frame_of(const Bitmap& bitmap) {
  const double w = bitmap.frame ? bitmap.frame->width : 0;
  return {bitmap.x - w, bitmap.y - w, bitmap.width() + 2 * w, bitmap.height() + 2 * w,
          std::nullopt, bitmap.frame};
}

}  // namespace nv::render
