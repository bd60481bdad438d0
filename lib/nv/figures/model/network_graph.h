// A network drawn as volumes in rows (a chain of layers), as a U (an encoder and a decoder with connections
// between equal resolutions) or as a graph of boxes.
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
  std::string brief;       ///< in compact figures, instead of name and kind: "conv3-64"
  std::string note;        ///< layers folded into it: "bn, relu"
  std::string shape;       ///< "28 × 28 × 6"
  std::string parameters;  ///< "2,416 parameters"; empty if it has none
  int family = 0;          ///< LayerFamily, an index into NetworkGraph::families, for its colour
  /// Height, width and channels of the output; n x 1 x 1 for a vector, 0 if unknown.
  std::array<std::int64_t, 3> volume{};
  int frame = -1;  ///< index into NetworkGraph::frames, the innermost; -1 for none
};

struct GraphFrame {
  std::string name;
  int parent = -1;       ///< a lower index
  bool repeats = false;  ///< around parts that are drawn once, not a nested model
};

enum class GraphLayout {
  automatic,  ///< volumes for a chain, or if `linear`; a U for what `is_u_shape` accepts; else boxes
  volumes,
  u,
  boxes,
};

enum class GraphDetail {
  automatic,  ///< whole, or compact if the whole figure does not fit the page
  whole,      ///< every node with its name, kind, shape and parameters
  compact,    ///< what repeats is drawn once or side by side; short texts without names
};

/// Nodes are in topological order: edges go from lower to higher indices.
struct NetworkGraph : render::Heading {
  std::vector<GraphNode> nodes;
  std::vector<std::pair<int, int>> edges;
  std::vector<GraphFrame> frames;
  std::vector<std::string> families;  ///< names for the legend
  std::vector<std::string> remarks;   ///< further lines of the legend
  GraphLayout layout = GraphLayout::automatic;
  GraphDetail detail = GraphDetail::automatic;
  bool linear = false;  ///< edges of volumes on a linear scale, else on a logarithmic one
  int columns = 0;      ///< columns of boxes, or volumes per row; 0: as many as fit the page best
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Volumes in oblique projection, in rows of the page's width. Compact: layers of one resolution side by side
/// without names. A chain with connections that skip layers is drawn compactly, these as arcs. Throws
/// Error(usage) for other graphs.
render::Scene draw_volumes(const NetworkGraph& graph, bool compact);

/// The encoder from the upper left down, one row per resolution, and the decoder up to the right; layers of
/// one resolution are volumes side by side. Throws Error(usage) unless is_u_shape().
render::Scene draw_u(const NetworkGraph& graph);

/// Boxes with a small volume each, in ranks, cut into columns to fit a page, with frames around nested
/// models. Compact: smaller boxes; equal parts in succession are drawn once, in a frame that counts them.
render::Scene draw_boxes(const NetworkGraph& graph, bool compact);

/// Whether the edges are exactly those from each node to the next, and there are no frames.
bool is_chain(const NetworkGraph& graph);

/// Whether each node has an edge to the next, the resolution falls and rises again, and all other edges
/// connect equal resolutions, at least one of them the falling with the rising part. No frames.
bool is_u_shape(const NetworkGraph& graph);

/// Throws Error(usage) for a graph without nodes, an edge or frame index out of range, or a layout that the
/// graph does not have.
render::Scene draw(const NetworkGraph& graph);

}  // namespace nv::figures
