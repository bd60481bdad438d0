// Layout of a graph of boxes and wires: nested frames, and columns so that a deep graph fits a page.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "nv/render/graph/layered.h"

namespace nv::render {

struct FlowNode {
  double width = 0, height = 0;
  int frame = -1;  ///< index of the innermost frame around it, -1 for none
};

struct FlowFrame {
  int parent = -1;  ///< index of the frame around it, a lower one; -1 for none
};

/// The space for a layout.
struct FlowRoom {
  double width = 1000;
  double height = 1350;
  bool exact = false;  ///< `width` must not be exceeded; else only the proportion counts
  int columns = 0;     ///< outside of all frames; 0: as many as fit best
};

struct FlowStyle {
  LayoutSpacing spacing;
  double gutter = 34;      ///< px between columns
  double padding = 14;     ///< px inside a frame
  double title_line = 20;  ///< px for the name of a frame
  double track = 7;        ///< px between wires side by side
};

/// A piece of an edge. It ends at a box if `arrives`, else at the beginning of another piece.
struct Wire {
  std::vector<Point> points;
  bool arrives = true;
};

struct FlowBox {
  double x = 0, y = 0, width = 0, height = 0;
};

struct FlowLayout {
  double width = 0, height = 0;
  std::vector<FlowBox> nodes, frames;
  std::vector<Wire> wires;
};

/// Edges go from lower to higher indices of nodes. If edges lead out of a frame and back into it, all frames
/// are left out: their boxes are empty. The number of columns is the one that fits `room` best.
FlowLayout flow_layout(std::span<const FlowNode> nodes, std::span<const std::pair<int, int>> edges,
                       std::span<const FlowFrame> frames, const FlowRoom& room, const FlowStyle& style);

}  // namespace nv::render
