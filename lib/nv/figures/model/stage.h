// Volumes side by side with lines of text: a layer, or in compact figures the layers of one resolution.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "nv/figures/model/volume.h"

namespace nv::figures {

struct Stage {
  struct Part {
    std::size_t node = 0;
    VolumeSize size;
    double x = 0;  ///< px from the left side of the first volume
  };
  struct Line {
    std::string text;
    bool bold = false, muted = false;
  };
  std::vector<Part> parts;
  std::vector<double> dots;  ///< x of the middle of "…", for volumes that are left out
  std::vector<Line> lines;
  double body = 0;  ///< px, width of the volumes
  double text = 0;  ///< px, width of the widest line
  double high = 0;  ///< px, height of the tallest volume

  double width() const { return body > text ? body : text; }
};

/// For the legend of a figure with connections that skip layers.
constexpr std::string_view skips_remark = "arcs: connections that skip layers";

constexpr double stage_line = 15;  ///< px from one line of text to the next

/// One stage per node with name, kind, note, shape and parameters, each at most `most_text` px wide.
std::vector<Stage> single_stages(const render::Sheet& sheet, const NetworkGraph& graph,
                                 const VolumeScale& scale, double most_text);

/// One stage per run of nodes whose outputs have the same height and width, in short words. Of more than four
/// equal parts in succession the first two and the last are drawn.
std::vector<Stage> resolution_stages(const render::Sheet& sheet, const NetworkGraph& graph,
                                     const VolumeScale& scale);

/// Whether two nodes are in one stage: the same height and width, or both are vectors.
bool same_map(const GraphNode& a, const GraphNode& b);

/// Draws the volumes, the first at `x`, about the height `axis`.
void add_stage(render::Sheet& sheet, const NetworkGraph& graph, const Stage& stage, double x, double axis);

/// Draws the lines of text, the first on the baseline `y`.
void add_stage_text(render::Sheet& sheet, const Stage& stage, double x, double y, render::Anchor anchor);

/// A connection that skips layers: up from `from`, along the height `y`, and down to `to`.
void add_skip(render::Sheet& sheet, render::Point from, render::Point to, double y);

/// An arrow to the right, along `points`.
void add_arrow(render::Sheet& sheet, std::vector<render::Point> points);

}  // namespace nv::figures
