// The layered layout of directed graphs (Sugiyama, Tagawa and Toda 1981): ranks from the top down, few
// crossings, straight long edges. The layout is the same on every machine.
#pragma once

#include <span>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

/// A box that edges connect; of size 0 if edges only pass through.
struct LayoutNode {
  enum class Place { anywhere, first, last };  ///< in the first or the last rank, regardless of its edges
  double width = 0, height = 0;
  Place place = Place::anywhere;
};

/// Ends of an edge lie on the lower and upper side of their boxes, this far from the middle.
struct LayoutEdge {
  int from = 0, to = 0;
  double from_offset = 0, to_offset = 0;
};

struct LayoutSpacing {
  double beside = 16;   ///< px between boxes of a rank
  double between = 26;  ///< px between ranks
  double wire = 12;     ///< px that a passing edge takes
};

struct LayeredLayout {
  double width = 0, height = 0;
  std::vector<Point> centres;              ///< of the nodes
  std::vector<std::vector<Point>> routes;  ///< of the edges, from above to below
};

/// Edges must go from lower to higher indices of nodes, so that there is no cycle. Nodes without predecessors
/// in the same rank stand in their order from left to right. Throws Error(output) if
/// long edges would need too much memory.
LayeredLayout layered(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges,
                      const LayoutSpacing& spacing);

/// Rank of every node: the length of the longest path to it; nodes without predecessors get the rank before
/// their first user.
std::vector<int> ranks_of(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges);

/// A cubic from `a` to `b`, upright at both ends, as a polyline; `b` is its last point, `a` is left out.
void add_bend(std::vector<Point>& route, Point a, Point b);

}  // namespace nv::render
