// A graph as boxes joined by wires.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/graph.h"
#include "nv/render/graph_layout.h"
#include "nv/render/volume.h"

namespace nv::render {

namespace {

constexpr double name_size = 11, detail_size = 10, line = 13;
constexpr double icon_unit = 2.7, icon_room = 36, padding = 5;
constexpr double least_box = 96, most_box = 184;
constexpr std::size_t most_nodes = 5000;

/// The lines of a box: those that are empty take no room.
struct BoxText {
  std::string name, kind, sizes;

  double height() const {
    return 2 * padding + line * (1 + (kind.empty() ? 0 : 1) + (sizes.empty() ? 0 : 1));
  }
};

BoxText text_of(const GraphNode& node) {
  BoxText text{one_line(node.name), one_line(node.kind), one_line(node.shape)};
  if (!node.note.empty()) text.kind += " " + one_line(node.note);
  if (!node.weight.empty()) text.sizes += (text.sizes.empty() ? "" : "  ·  ") + one_line(node.weight);
  return text;
}

double text_width(const Sheet& sheet, const BoxText& text) {
  return std::max({sheet.font.width(text.name, name_size, Weight::bold),
                   sheet.font.width(text.kind, detail_size), sheet.font.width(text.sizes, detail_size)});
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
  const BoxText text = text_of(node);
  const double left = x + 3 + icon_room, room = box.width - icon_room - 3 - padding;
  double baseline = y + padding + 10;
  const auto put = [&](const std::string& words, double size_px, Rgb ink, Weight weight) {
    if (words.empty()) return;
    const bool is_name = weight == Weight::bold;
    sheet.put(left, baseline,
              is_name ? sheet.font.fitted_middle(words, size_px, room, weight)
                      : sheet.font.fitted(words, size_px, room),
              size_px, ink, Anchor::start, weight);
    baseline += line;
  };
  put(text.name, name_size, theme.ink, Weight::bold);
  put(text.kind, detail_size, theme.ink, Weight::regular);
  put(text.sizes, detail_size, theme.muted, Weight::regular);
}

void add_wire(Sheet& sheet, const Wire& wire, Point origin) {
  const Rgb colour = mixed(sheet.theme.background, sheet.theme.ink, 0.55);
  std::vector<Point> points = wire.points;
  for (Point& p : points) p = {p.x + origin.x, p.y + origin.y};
  if (wire.arrives) {
    add_arrow_head(sheet, points.back(), 0, 1, colour);
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
            sheet.font.fitted_middle(one_line(frame.name), name_size, box.width - 16, Weight::bold),
            name_size, sheet.theme.muted, Anchor::start, Weight::bold);
}

int depth_of(const Graph& graph, int frame) {
  int depth = 0;
  for (int f = graph.frames[static_cast<std::size_t>(frame)].parent; f >= 0;
       f = graph.frames[static_cast<std::size_t>(f)].parent)
    ++depth;
  return depth;
}

/// What the layout is to aim at: the page below its heading, or a page's proportion.
FlowRoom room_of(const Graph& graph) {
  FlowRoom room;
  room.width = graph.page.width - 2 * graph.page.margin;
  room.height = room.width * 1.3;
  room.exact = graph.page.exact;
  return room;
}

}  // namespace

Scene draw_boxes(const Graph& graph) {
  if (graph.nodes.size() > most_nodes)
    throw Error(ErrorKind::output,
                fmt::format("{}: {} layers are too many to draw", graph.title, graph.nodes.size()),
                "inspect --dot, for Graphviz");
  Sheet sheet(graph.theme, graph.page);
  double width = least_box;
  for (const GraphNode& node : graph.nodes)
    width = std::max(width, std::ceil(3 + icon_room + text_width(sheet, text_of(node)) + padding + 1));
  width = std::min(width, most_box);
  std::vector<FlowNode> boxes;
  for (const GraphNode& node : graph.nodes)
    boxes.push_back(
        {width, std::max(text_of(node).height(), std::ceil(volume_size(node.volume, icon_unit).height()) + 8),
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
  legend.say("volumes: height, width, channels of the output, edges on a log scale");
  const double y =
      add_legend(sheet, legend, sheet.margin, top + layout.height + 8, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::render
