// Draws a graph as boxes and wires.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/model/box.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/model/repeats.h"
#include "nv/figures/model/volume.h"
#include "nv/render/graph/graph_layout.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double box_name_size = 11;
constexpr std::size_t most_nodes = 5000;

FlowStyle flow_style(bool compact) {
  FlowStyle style;
  if (!compact) return style;
  style.spacing = {10, 11, 8};
  style.gutter = 22;
  style.padding = 7;
  style.title_line = 14;
  style.track = 5;
  return style;
}

void add_wire(Sheet& sheet, const Wire& wire, Point origin) {
  const Rgb colour = mixed(sheet.theme.background, sheet.theme.ink, 0.55);
  std::vector<Point> points = wire.points;
  for (Point& p : points) p = {p.x + origin.x, p.y + origin.y};
  if (wire.arrives) {
    add_arrow_head(sheet, points.back(), 0, 1, 6, colour);
    points.back().y -= 5;
    if (points.size() > 1 && points[points.size() - 2].y > points.back().y)
      points.back().y = points[points.size() - 2].y;
  }
  sheet.scene.polyline(std::move(points), {colour, 1.2, 0});
}

void add_frame_box(Sheet& sheet, const FlowBox& box, bool odd, Point origin) {
  if (box.width <= 0) return;
  const Theme& theme = sheet.theme;
  const Rgb ground = mixed(theme.background, theme.ink, odd ? 0.075 : 0.04);
  const double x = std::round(box.x + origin.x), y = std::round(box.y + origin.y);
  sheet.scene.add(Rect{x, y, box.width, box.height, ground, Stroke{theme.muted, 1, 4}});
}

void add_frame_name(Sheet& sheet, const GraphFrame& frame, const FlowBox& box, Point origin) {
  if (box.width <= 0) return;
  sheet.put(std::round(box.x + origin.x) + 8, std::round(box.y + origin.y) + 15,
            sheet.font.fitted_middle(one_line(frame.name), box_name_size, box.width - 16, FontWeight::bold),
            box_name_size, sheet.theme.muted, Anchor::start, FontWeight::bold);
}

int depth_of(const NetworkGraph& graph, int frame) {
  int depth = 0;
  for (int f = graph.frames[static_cast<std::size_t>(frame)].parent; f >= 0;
       f = graph.frames[static_cast<std::size_t>(f)].parent)
    ++depth;
  return depth;
}

/// The space for the layout: the width of the page, and its height or a page's proportion.
FlowRoom room_of(const NetworkGraph& graph) {
  FlowRoom room;
  room.width = graph.page.width - 2 * graph.page.margin;
  room.height = graph.page.height > 0 ? graph.page.height : room.width * 1.3;
  room.exact = graph.page.exact;
  room.columns = graph.columns;
  return room;
}

FlowLayout layout_of(const NetworkGraph& graph, const BoxGraph& boxes, bool compact) {
  std::vector<FlowNode> nodes;
  for (const Box& box : boxes.boxes) nodes.push_back({box.width, box.height, box.frame});
  std::vector<FlowFrame> frames;
  for (const GraphFrame& frame : graph.frames) frames.push_back({frame.parent});
  return flow_layout(nodes, boxes.edges, frames, room_of(graph), flow_style(compact));
}

/// Frames, boxes and wires.
void add_layout(Sheet& sheet, const NetworkGraph& graph, const BoxGraph& boxes, const FlowLayout& layout,
                Point origin) {
  for (std::size_t f = 0; f < graph.frames.size(); ++f)  // outer ones have lower numbers
    add_frame_box(sheet, layout.frames[f], depth_of(graph, static_cast<int>(f)) % 2 == 1, origin);
  for (const Wire& wire : layout.wires) add_wire(sheet, wire, origin);
  for (std::size_t f = 0; f < graph.frames.size(); ++f)
    add_frame_name(sheet, graph.frames[f], layout.frames[f], origin);
  for (std::size_t i = 0; i < boxes.boxes.size(); ++i)
    add_box(sheet, boxes.boxes[i], std::round(layout.nodes[i].x + origin.x),
            std::round(layout.nodes[i].y + origin.y));
}

/// `graph` with what repeats already drawn once, if it is compact.
Scene draw_graph(const NetworkGraph& graph, bool compact) {
  Sheet sheet(graph.theme, graph.page);
  const VolumeScale scale =
      graph.linear ? volume_scale(graph, 36, 18) : VolumeScale{false, 2.7, 2.7 * 0.4, 2.7};
  const BoxGraph boxes = compact ? compact_boxes(sheet, graph) : whole_boxes(sheet, graph, scale);
  const FlowLayout layout = layout_of(graph, boxes, compact);
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, graph.page.width), layout.width + 2 * sheet.margin));
  check_columns(graph, sheet.scene.width);
  const double top = add_heading(sheet, graph, graph.page, sheet.scene.width);
  add_layout(sheet, graph, boxes, layout, {std::floor((sheet.scene.width - layout.width) / 2), top});
  double y = top + layout.height + 8;
  if (!compact) y = add_scale_key(sheet, graph, scale, y + 12);
  y = add_legend(sheet, compact ? compact_legend(graph) : graph_legend(graph), sheet.margin, y,
                 sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace

Scene draw_boxes(const NetworkGraph& graph, bool compact) {
  if (graph.nodes.size() > most_nodes)
    throw Error(ErrorKind::output,
                fmt::format("{}: {} layers are too many to draw", graph.title,
                            thousands(static_cast<long long>(graph.nodes.size()))),
                "inspect --dot, for Graphviz");
  return draw_graph(compact ? grouped(graph) : graph, compact);
}

}  // namespace nv::figures
