// Maps as fewer cells, where they have more units than there are pixels for them.
#pragma once

#include <span>
#include <vector>

namespace nv::render {

/// Means over rectangles of a map.
struct Shrunk {
  int rows = 0, cols = 0;
  std::vector<float> values;
};

/// Means over `down` x `across` units; fewer at the right and lower edge. `values` are rows x cols.
Shrunk shrunk(std::span<const float> values, int rows, int cols, int down, int across);

/// Units to a pixel of `grain` px, so that `size` units fit into `room` px; 1 where they do anyway.
int shrinking(int size, double room, double grain);

}  // namespace nv::render
