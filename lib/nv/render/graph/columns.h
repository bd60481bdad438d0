// One level of a drawn graph: its boxes in ranks, cut into columns. For graph_layout.cpp alone.
#pragma once

#include <map>
#include <span>
#include <vector>

#include "nv/render/graph/graph_layout.h"

namespace nv::render {

/// A box of a level: a node, or a frame with everything in it.
struct LevelBox {
  double width = 0, height = 0;
  std::map<int, double> in, out;  ///< by source: where its wire enters above or leaves below, from the left
};

/// A wire from where `source` comes out to a box.
struct LevelWire {
  int source = 0;
  int to = 0;  ///< a box
};

/// Sources are what wires carry: outputs of nodes. They come out of a box of this level or from above it.
struct Level {
  std::vector<LevelBox> boxes;
  std::map<int, int> made_by;    ///< by source: the box that it comes out of; others come from above
  std::vector<LevelWire> wires;  ///< boxes are sorted: wires go from lower to higher numbers
  std::vector<int> leaving;      ///< sources that are used below this level
};

struct LevelLayout {
  double width = 0, height = 0;
  std::vector<Point> corners;  ///< of the boxes, upper left
  std::vector<Wire> wires;
  std::map<int, double> in, out;  ///< by source: x on the upper and lower edge
};

/// At most so many columns; fewer where there are not as many ranks.
LevelLayout columned(const Level& level, int columns, const FlowStyle& style);

}  // namespace nv::render
