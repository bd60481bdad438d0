#include "nv/render/charts/shrink.h"

#include <algorithm>
#include <cmath>

namespace nv::render {

Shrunk shrunk(std::span<const float> values, int rows, int cols, int down, int across) {
  Shrunk small{(rows + down - 1) / down, (cols + across - 1) / across, {}};
  small.values.reserve(static_cast<std::size_t>(small.rows) * static_cast<std::size_t>(small.cols));
  for (int r = 0; r < small.rows; ++r)
    for (int c = 0; c < small.cols; ++c) {
      const int r1 = std::min(rows, (r + 1) * down), c1 = std::min(cols, (c + 1) * across);
      double sum = 0;
      for (int y = r * down; y < r1; ++y)
        for (int x = c * across; x < c1; ++x)
          sum += values[static_cast<std::size_t>(y) * static_cast<std::size_t>(cols) +
                        static_cast<std::size_t>(x)];
      small.values.push_back(
          static_cast<float>(sum / ((r1 - r * down) * static_cast<double>(c1 - c * across))));
    }
  return small;
}

int shrinking(int size, double room, double grain) {
  return std::max(1, static_cast<int>(std::ceil(size * grain / std::max(room, grain) - 1e-9)));
}

}  // namespace nv::render
