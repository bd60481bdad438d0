// Where the boxes and wires of a drawn graph go: nested frames, and columns so that a deep graph fits a page.
#pragma once

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "nv/render/graph/layered.h"

namespace nv::render {

struct FlowNode {
  double width = 0, height = 0;
  int frame = -1;  ///< the innermost frame around it, -1 for none
};

struct FlowFrame {
  int parent = -1;  ///< the frame around it; a lower number
};

/// What a layout aims at.
struct FlowRoom {
  double width = 1000;
  double height = 1350;
  bool exact = false;  ///< `width` is a bound; else both are a proportion
};

struct FlowStyle {
  LayoutSpacing spacing;
  double gutter = 34;      ///< px between columns
  double padding = 14;     ///< px inside a frame
  double title_line = 20;  ///< px for its name
  double track = 7;        ///< px between wires side by side
};

/// A piece of an edge: to a box where it `arrives`, else on to another piece.
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

/// Edges go from lower to higher numbers of nodes. Frames whose contents lead out of them and back in are
/// left out (all of them: their boxes are empty). The number of columns is what suits `room` best.
FlowLayout flow_layout(std::span<const FlowNode> nodes, std::span<const std::pair<int, int>> edges,
                       std::span<const FlowFrame> frames, const FlowRoom& room, const FlowStyle& style);

}  // namespace nv::render
