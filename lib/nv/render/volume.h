// Volumes in oblique projection, and the colours of families. For the pictures of graphs alone.
#pragma once

#include <array>
#include <cstdint>

#include "nv/render/graph.h"
#include "nv/render/sheet.h"

namespace nv::render {

/// px of a volume's front and of how far its back is shifted to the right and up.
struct VolumeSize {
  double thick = 0, high = 0, deep = 0;

  double width() const { return thick + deep; }
  double height() const { return high + deep; }
};

/// Edges go with log2(1 + n), `unit` px for n = 1; channels at two fifths, depth foreshortened to a third.
VolumeSize volume_size(const std::array<std::int64_t, 3>& volume, double unit);
double volume_edge(std::int64_t n, double unit);
constexpr double channel_share = 0.4;

/// The volume with its upper left corner (of everything drawn) at (x, y).
void add_volume(Sheet& sheet, const VolumeSize& size, Rgb colour, double x, double y);

/// Of a family: Okabe and Ito's colours and two more; those beyond repeat the last.
Rgb family_colour(const Theme& theme, int family);

/// The families that occur, with their colours, then the remarks.
Legend graph_legend(const Graph& graph);

/// A head at the end of a line that goes down (0, 1) or to the right (1, 0).
void add_arrow_head(Sheet& sheet, Point tip, double dx, double dy, Rgb colour);

}  // namespace nv::render
