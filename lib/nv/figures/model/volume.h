// Volumes in oblique projection, their scale, and the colours of families. For drawings of graphs.
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

/// Lengths in px of volumes' edges: proportional to n, or to log2(1 + n). Edges below 2 or 3 px are drawn
/// longer, so that they are seen. Depth is drawn at a third.
struct VolumeScale {
  bool linear = false;
  double edge = 1;     ///< px for n = 1: height and width of maps
  double channel = 1;  ///< channels
  double vector = 1;   ///< units of a vector, which is drawn upright

  double length(std::int64_t n, double unit) const;
  VolumeSize size(const std::array<std::int64_t, 3>& volume) const;
};

/// Volumes at most `tallest` px high and `thickest` px thick.
VolumeScale volume_scale(const NetworkGraph& graph, double tallest, double thickest);

/// Reference lengths of the scale, as many as fit the scene's width; returns the y below.
double add_scale_key(render::Sheet& sheet, const NetworkGraph& graph, const VolumeScale& scale, double y);

/// Throws Error(usage) if the chosen number of columns makes the figure wider than an exact page.
void check_columns(const NetworkGraph& graph, double width);

/// Draws the volume with the upper left corner of its bounding box at (x, y).
void add_volume(render::Sheet& sheet, const VolumeSize& size, render::Rgb colour, double x, double y);

/// Okabe and Ito's colours and two more; further families repeat the last.
render::Rgb family_colour(const render::Theme& theme, int family);

/// The families of the nodes with their colours, then the remarks.
render::Legend graph_legend(const NetworkGraph& graph);

/// The same for a compact figure: explains short texts.
render::Legend compact_legend(const NetworkGraph& graph);

}  // namespace nv::figures
