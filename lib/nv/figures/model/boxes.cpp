// Draws a graph as boxes and wires.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/model/volume.h"
#include "nv/render/graph/graph_layout.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double name_size = 11, detail_size = 10, line = 13;
constexpr double icon_unit = 2.7, icon_room = 36, padding = 5;
constexpr double least_box = 96, most_box = 184;
constexpr std::size_t most_nodes = 5000;

/// The lines of text in a box; the first is the name.
using BoxText = std::vector<std::string>;

double height_of(const BoxText& text) {
  return 2 * padding + line * static_cast<double>(text.size());
}

BoxText text_of(const Sheet& sheet, const GraphNode& node) {
  constexpr double room = most_box - icon_room - 3 - padding;
  BoxText text{one_line(node.name)};
  const auto add = [&](const std::string& first, std::string_view joint, const std::string& second) {
    const std::string both = first + (first.empty() || second.empty() ? "" : std::string(joint)) + second;
    if (both.empty()) return;
    if (first.empty() || second.empty() || sheet.font.width(both, detail_size) <= room)
      text.push_back(both);
    else
      text.insert(text.end(), {first, second});
  };
  add(one_line(node.kind), " ", one_line(node.note));
  add(one_line(node.shape), "  ·  ", one_line(node.parameters));
  return text;
}

double text_width(const Sheet& sheet, const BoxText& text) {
  double width = sheet.font.width(text[0], name_size, FontWeight::bold);
  for (std::size_t i = 1; i < text.size(); ++i)
    width = std::max(width, sheet.font.width(text[i], detail_size));
  return width;
}

void add_box(Sheet& sheet, const GraphNode& node, const FlowBox& box, Point origin) {
  const Theme& theme = sheet.theme;
  const double x = std::round(box.x + origin.x), y = std::round(box.y + origin.y);
  const Rgb colour = family_colour(theme, node.family);
  sheet.scene.add(Rect{x, y, box.width, box.height, mixed(theme.background, colour, 0.1),
                       Stroke{mixed(theme.frame, colour, 0.6), 1, 0}});
  sheet.scene.fill(x, y, 3, box.height, colour);
  const VolumeSize size = volume_size(node.volume, icon_unit);
  add_volume(sheet, size, colour, std::round(x + 3 + (icon_room - size.width()) / 2),
             std::round(y + (box.height - size.height()) / 2));
  const BoxText text = text_of(sheet, node);
  const double left = x + 3 + icon_room, room = box.width - icon_room - 3 - padding;
  double baseline = y + padding + 10;
  sheet.put(left, baseline, sheet.font.fitted_middle(text[0], name_size, room, FontWeight::bold), name_size,
            theme.ink, Anchor::start, FontWeight::bold);
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool sizes = i + 1 == text.size() && !node.shape.empty();
    sheet.put(left, baseline += line, sheet.font.fitted(text[i], detail_size, room), detail_size,
              sizes ? theme.muted : theme.ink);
  }
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
            sheet.font.fitted_middle(one_line(frame.name), name_size, box.width - 16, FontWeight::bold),
            name_size, sheet.theme.muted, Anchor::start, FontWeight::bold);
}

int depth_of(const NetworkGraph& graph, int frame) {
  int depth = 0;
  for (int f = graph.frames[static_cast<std::size_t>(frame)].parent; f >= 0;
       f = graph.frames[static_cast<std::size_t>(f)].parent)
    ++depth;
  return depth;
}

/// The space for the layout: the width of the page, and a page's proportion.
FlowRoom room_of(const NetworkGraph& graph) {
  FlowRoom room;
  room.width = graph.page.width - 2 * graph.page.margin;
  room.height = room.width * 1.3;
  room.exact = graph.page.exact;
  return room;
}

}  // namespace

Scene draw_boxes(const NetworkGraph& graph) {
  if (graph.nodes.size() > most_nodes)
    throw Error(ErrorKind::output,
                fmt::format("{}: {} layers are too many to draw", graph.title, graph.nodes.size()),
                "inspect --dot, for Graphviz");
  Sheet sheet(graph.theme, graph.page);
  double width = least_box;
  for (const GraphNode& node : graph.nodes)
    width = std::max(width, std::ceil(3 + icon_room + text_width(sheet, text_of(sheet, node)) + padding + 1));
  width = std::min(width, most_box);
  std::vector<FlowNode> boxes;
  for (const GraphNode& node : graph.nodes)
    boxes.push_back({width,
                     std::max(height_of(text_of(sheet, node)),
                              std::ceil(volume_size(node.volume, icon_unit).height()) + 8),
                     node.frame});
  std::vector<FlowFrame> frames;
  for (const GraphFrame& frame : graph.frames) frames.push_back({frame.parent});
  const FlowLayout layout = flow_layout(boxes, graph.edges, frames, room_of(graph), {});
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, graph.page.width), layout.width + 2 * sheet.margin));
  const double top = add_heading(sheet, graph, graph.page, sheet.scene.width);
  const Point origin{std::floor((sheet.scene.width - layout.width) / 2), top};
  for (std::size_t f = 0; f < graph.frames.size(); ++f)  // outer ones have lower numbers
    add_frame_box(sheet, layout.frames[f], depth_of(graph, static_cast<int>(f)) % 2 == 1, origin);
  for (const Wire& wire : layout.wires) add_wire(sheet, wire, origin);
  for (std::size_t f = 0; f < graph.frames.size(); ++f)
    add_frame_name(sheet, graph.frames[f], layout.frames[f], origin);
  for (std::size_t i = 0; i < graph.nodes.size(); ++i)
    add_box(sheet, graph.nodes[i], layout.nodes[i], origin);
  Legend legend = graph_legend(graph);
  legend.add("volumes: height, width, channels of the output, edges on a log scale");
  const double y =
      add_legend(sheet, legend, sheet.margin, top + layout.height + 8, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
