// The layered layout of directed graphs (Sugiyama, Tagawa and Toda 1981): ranks from the top down, few
// crossings, straight long edges. The same graph gives the same layout everywhere.
#pragma once

#include <span>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

/// A box that edges join; of no size where edges only pass through it.
struct LayoutNode {
  enum class Place { anywhere, first, last };  ///< in the first or the last rank, whatever its edges say
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

/// Edges go from lower to higher numbers of nodes: so there is no cycle. Throws Error(output) where long
/// edges would need absurd memory.
LayeredLayout layered(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges,
                      const LayoutSpacing& spacing);

/// Rank of every node: the longest path to it, but nodes that nothing leads to stand next to their first
/// user.
std::vector<int> ranks_of(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges);

/// A cubic from `a` to `b`, upright at both ends, as a polyline; `b` is its last point, `a` is left out.
void add_bend(std::vector<Point>& route, Point a, Point b);

}  // namespace nv::render
