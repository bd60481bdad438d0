// Layout of one level of a graph: its boxes in ranks, cut into columns. For graph_layout.cpp.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "nv/render/graph/graph_layout.h"

namespace nv::render {

/// A box of a level: a node, or a frame with everything in it.
struct LevelBox {
  double width = 0, height = 0;
  std::map<int, double> in, out;  ///< by source: x at which its wire enters above or leaves below
};

/// A wire from the box that makes `source` to another box.
struct LevelWire {
  int source = 0;
  int to = 0;  ///< a box
};

/// A source is the output of a node, which wires carry. It is made by a box of this level or comes from above
/// the level.
struct Level {
  std::vector<LevelBox> boxes;
  std::map<int, int> made_by;    ///< by source: the box that makes it; other sources come from above
  std::vector<LevelWire> wires;  ///< from lower to higher indices of boxes
  std::vector<int> leaving;      ///< sources that are used below this level
};

struct LevelLayout {
  double width = 0, height = 0;
  std::vector<Point> corners;  ///< of the boxes, upper left
  std::vector<Wire> wires;
  std::map<int, double> in, out;  ///< by source: x on the upper and lower edge
};

/// Layout in at most `columns` columns; fewer if there are fewer ranks.
LevelLayout columned(const Level& level, int columns, const FlowStyle& style);

}  // namespace nv::render
