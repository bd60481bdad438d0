// Maps as fewer cells, for maps with more units than there are pixels.
#pragma once

#include <span>
#include <vector>

namespace nv::render {

/// Means over rectangles of a map.
struct Shrunk {
  int rows = 0, cols = 0;
  std::vector<float> values;
};

/// Means over `down` x `across` units; over fewer at the right and lower edge. `values` are rows x cols.
Shrunk shrunk(std::span<const float> values, int rows, int cols, int down, int across);

/// Units per pixel of `grain` px, so that `size` units fit into `room` px; 1 if they fit anyway.
int shrinking(int size, double room, double grain);

}  // namespace nv::render
