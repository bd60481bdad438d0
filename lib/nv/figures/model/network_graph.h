// The structure of a network as a picture: volumes in a row where it is a chain, else a graph of boxes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nv/render/charts/map_grid.h"

namespace nv::figures {

/// A layer, or whatever else the caller's graph is made of.
struct GraphNode {
  std::string name;
  std::string kind;        ///< "Conv2D 3 × 3"
  std::string note;        ///< what was folded into it: "+ bn, relu"
  std::string shape;       ///< "28 × 28 × 6"
  std::string parameters;  ///< "1.2 k par."; empty if it has none
  int family = 0;          ///< index into NetworkGraph::families: its colour
  /// Height, width and channels of what comes out of it; a vector is n x 1 x 1, what is unknown 0.
  std::array<std::int64_t, 3> volume{};
  int frame = -1;  ///< index into NetworkGraph::frames, the innermost; -1 for none
};

struct GraphFrame {
  std::string name;
  int parent = -1;  ///< a lower index
};

/// Nodes in an order in which edges go from lower to higher indices.
struct NetworkGraph : render::Heading {
  std::vector<GraphNode> nodes;
  std::vector<std::pair<int, int>> edges;
  std::vector<GraphFrame> frames;
  std::vector<std::string> families;  ///< names, in the legend where nodes are of them
  std::vector<std::string> remarks;   ///< further lines of the legend
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Volumes in oblique projection, edges to a logarithmic scale, in rows as long as the page is wide: for a
/// chain without frames. Throws Error(usage) for any other graph.
render::Scene draw_volumes(const NetworkGraph& graph);

/// Boxes with a small volume each, in ranks, cut into columns so that they fit a page; frames around what
/// they hold.
render::Scene draw_boxes(const NetworkGraph& graph);

/// Whether every node has one edge in and one out but the ends, and there is no frame.
bool is_chain(const NetworkGraph& graph);

/// The one of the two that suits. Throws Error(usage) for a graph without nodes, or with an edge or index
/// that leads nowhere.
render::Scene draw(const NetworkGraph& graph);

}  // namespace nv::figures
