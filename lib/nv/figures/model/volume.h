// Volumes in oblique projection, and the colours of families. For the pictures of graphs alone.
#pragma once

#include <array>
#include <cstdint>

#include "nv/figures/model/network_graph.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

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
void add_volume(render::Sheet& sheet, const VolumeSize& size, render::Rgb colour, double x, double y);

/// Of a family: Okabe and Ito's colours and two more; those beyond repeat the last.
render::Rgb family_colour(const render::Theme& theme, int family);

/// The families that occur, with their colours, then the remarks.
render::Legend graph_legend(const NetworkGraph& graph);

}  // namespace nv::figures
