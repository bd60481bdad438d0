// Volumes in oblique projection, and the colours of families. For drawings of graphs.
#pragma once

#include <array>
#include <cstdint>

#include "nv/figures/model/network_graph.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

/// Size in px of a volume's front, and shift of its back to the right and up.
struct VolumeSize {
  double thick = 0, high = 0, deep = 0;

  double width() const { return thick + deep; }
  double height() const { return high + deep; }
};

/// Edges are proportional to log2(1 + n), `unit` px for n = 1; channels at two fifths of that, depth at a
/// third.
VolumeSize volume_size(const std::array<std::int64_t, 3>& volume, double unit);
double volume_edge(std::int64_t n, double unit);
constexpr double channel_share = 0.4;

/// Draws the volume with the upper left corner of its bounding box at (x, y).
void add_volume(render::Sheet& sheet, const VolumeSize& size, render::Rgb colour, double x, double y);

/// Okabe and Ito's colours and two more; further families repeat the last.
render::Rgb family_colour(const render::Theme& theme, int family);

/// The families of the nodes with their colours, then the remarks.
render::Legend graph_legend(const NetworkGraph& graph);

}  // namespace nv::figures
