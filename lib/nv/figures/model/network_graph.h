// A network drawn as volumes in rows (a chain of layers) or as a graph of boxes.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// A layer, with what is folded into it.
struct GraphNode {
  std::string name;
  std::string kind;        ///< "Conv2D 3 × 3"
  std::string note;        ///< layers folded into it: "+ bn, relu"
  std::string shape;       ///< "28 × 28 × 6"
  std::string parameters;  ///< "1.2 k par."; empty if it has none
  int family = 0;          ///< index into NetworkGraph::families, for its colour
  /// Height, width and channels of the output; n x 1 x 1 for a vector, 0 if unknown.
  std::array<std::int64_t, 3> volume{};
  int frame = -1;  ///< index into NetworkGraph::frames, the innermost; -1 for none
};

struct GraphFrame {
  std::string name;
  int parent = -1;  ///< a lower index
};

/// Nodes are in topological order: edges go from lower to higher indices.
struct NetworkGraph : render::Heading {
  std::vector<GraphNode> nodes;
  std::vector<std::pair<int, int>> edges;
  std::vector<GraphFrame> frames;
  std::vector<std::string> families;  ///< names for the legend
  std::vector<std::string> remarks;   ///< further lines of the legend
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Volumes in oblique projection with edges on a logarithmic scale, in rows of the page's width. Throws
/// Error(usage) unless the graph is a chain.
render::Scene draw_volumes(const NetworkGraph& graph);

/// Boxes with a small volume each, in ranks, cut into columns to fit a page, with frames around nested
/// models.
render::Scene draw_boxes(const NetworkGraph& graph);

/// Whether the edges are exactly those from each node to the next, and there are no frames.
bool is_chain(const NetworkGraph& graph);

/// Volumes for a chain, else boxes. Throws Error(usage) for a graph without nodes, or an edge or frame index
/// out of range.
render::Scene draw(const NetworkGraph& graph);

}  // namespace nv::figures
