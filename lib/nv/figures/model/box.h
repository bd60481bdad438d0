// The boxes of a graph's drawing: lines of text with the colours of the layers' families.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "nv/figures/model/volume.h"
#include "nv/render/graph/graph_layout.h"

namespace nv::figures {

struct Box {
  struct Line {
    std::string text;
    double size = 10;
    bool bold = false, muted = false;
    int family = 0;  ///< colour beside the line
  };
  std::vector<Line> lines;
  std::optional<VolumeSize> volume;  ///< drawn at the left
  double width = 0, height = 0;      ///< px
  double line_height = 13;           ///< px
  int frame = -1;
};

/// Boxes and the edges between them, from lower to higher indices.
struct BoxGraph {
  std::vector<Box> boxes;
  std::vector<std::pair<int, int>> edges;
};

/// One box per node with name, kind, shape and parameters, all equally wide.
BoxGraph whole_boxes(const render::Sheet& sheet, const NetworkGraph& graph, const VolumeScale& scale);

/// One box per chain of nodes without branches, in short words, with the shape of the last.
BoxGraph compact_boxes(const render::Sheet& sheet, const NetworkGraph& graph);

void add_box(render::Sheet& sheet, const Box& box, double x, double y);

}  // namespace nv::figures
