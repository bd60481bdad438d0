// A chain of layers as volumes in rows.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/model/volume.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double name_size = 12, line = 15, gap = 26, row_gap = 34, tallest = 116;
constexpr double most_text = 150;

/// A node with its size and its lines of text.
struct Slot {
  VolumeSize volume;
  std::vector<std::string> lines;  // the name first
  double width = 0;
};

std::vector<Slot> slots_of(const Sheet& sheet, const NetworkGraph& graph, double unit) {
  std::vector<Slot> slots;
  for (const GraphNode& node : graph.nodes) {
    Slot slot;
    slot.volume = volume_size(node.volume, unit);
    slot.width = slot.volume.width();
    for (const std::string* text : {&node.name, &node.kind, &node.note, &node.shape, &node.parameters}) {
      if (text->empty() && text != &node.name) continue;
      const bool first = slot.lines.empty();
      const FontWeight weight = first ? FontWeight::bold : FontWeight::regular;
      const double size = first ? name_size : small_size;
      slot.lines.push_back(sheet.font.fitted_middle(one_line(*text), size, most_text, weight));
      slot.width = std::max(slot.width, sheet.font.width(slot.lines.back(), size, weight));
    }
    slot.width = std::ceil(slot.width);
    slots.push_back(std::move(slot));
  }
  return slots;
}

/// Numbers of the slots that begin rows, where a row is at most `room` wide.
std::vector<std::size_t> rows_within(const std::vector<Slot>& slots, double room) {
  std::vector<std::size_t> starts{0};
  double x = 0;
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i > starts.back() && x + slots[i].width > room) {
      starts.push_back(i);
      x = 0;
    }
    x += slots[i].width + gap;
  }
  return starts;
}

/// As few rows as fit, of nearly equal length.
std::vector<std::size_t> rows_of(const std::vector<Slot>& slots, double room) {
  const std::size_t count = rows_within(slots, room).size();
  double lo = 0, hi = room;
  for (int i = 0; i < 20; ++i) {
    const double middle = (lo + hi) / 2;
    (rows_within(slots, middle).size() <= count ? hi : lo) = middle;
  }
  return rows_within(slots, hi);
}

double row_width(const std::vector<Slot>& slots, std::size_t from, std::size_t to) {
  double width = -gap;
  for (std::size_t i = from; i < to; ++i) width += slots[i].width + gap;
  return width;
}

void add_slot(Sheet& sheet, const NetworkGraph& graph, const Slot& slot, std::size_t node, double x,
              double axis, double text_y) {
  const Theme& theme = graph.theme;
  add_volume(sheet, slot.volume, family_colour(theme, graph.nodes[node].family),
             std::round(x + (slot.width - slot.volume.width()) / 2),
             std::round(axis - slot.volume.height() / 2));
  double y = text_y;
  for (std::size_t i = 0; i < slot.lines.size(); ++i, y += line)
    sheet.put(x + slot.width / 2, y, slot.lines[i], i == 0 ? name_size : small_size,
              i == 0 || slot.lines[i] != graph.nodes[node].parameters ? theme.ink : theme.muted,
              Anchor::middle, i == 0 ? FontWeight::bold : FontWeight::regular);
}

/// The middle of a volume's left side, and of its right one.
double left_of(const Slot& slot, double x) {
  return x + (slot.width - slot.volume.width()) / 2;
}
double right_of(const Slot& slot, double x) {
  return x + (slot.width + slot.volume.width()) / 2;
}

void add_arrow(Sheet& sheet, std::vector<Point> points, Rgb colour) {
  add_arrow_head(sheet, points.back(), 1, 0, 6, colour);
  points.back().x -= 5;
  sheet.scene.polyline(std::move(points), {colour, 1.2, 0});
}

/// Reference edges, so that the scale can be read: as many as there is room for.
double add_scale_key(Sheet& sheet, double unit, double y) {
  const Rgb colour = sheet.theme.muted;
  const double right = sheet.scene.width - sheet.margin;
  double x = sheet.margin;
  const auto bar = [&](const std::string& what, double share) {
    sheet.put(x, y + 10, what, small_size, colour);
    x += sheet.font.width(what, small_size) + 10;
    for (const std::int64_t n : {1, 8, 64, 512}) {
      const double length = std::max(2.0, std::round(volume_edge(n, unit) * share));
      const std::string label = std::to_string(n);
      const double after = x + length + 4 + sheet.font.width(label, small_size);
      if (after > right) break;
      sheet.scene.fill(x, y + 2, length, 6, mixed(sheet.theme.background, colour, 0.6));
      sheet.put(x + length + 4, y + 10, label, small_size, colour);
      x = after + 12;
    }
    x += 16;
  };
  bar("log scale: height, width", 1);
  if (x + 260 > right) {
    x = sheet.margin;
    y += 18;
  }
  bar("channels", channel_share);
  return y + 14;
}

}  // namespace

Scene draw_volumes(const NetworkGraph& graph) {
  if (!is_chain(graph)) throw_usage("{}: is no chain of layers", graph.title);
  Sheet sheet(graph.theme, graph.page);
  std::int64_t longest = 1;
  for (const GraphNode& node : graph.nodes) longest = std::max({longest, node.volume[0], node.volume[1]});
  const double unit = tallest / volume_edge(longest, 1);
  const std::vector<Slot> slots = slots_of(sheet, graph, unit);
  const std::vector<std::size_t> starts = rows_of(slots, graph.page.width - 2 * sheet.margin - 24);
  double widest = 0;
  for (std::size_t r = 0; r < starts.size(); ++r)
    widest =
        std::max(widest, row_width(slots, starts[r], r + 1 < starts.size() ? starts[r + 1] : slots.size()));
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, graph.page.width), widest + 2 * sheet.margin + 24));
  double y = add_heading(sheet, graph, graph.page, sheet.scene.width);
  const Rgb wire = mixed(graph.theme.background, graph.theme.ink, 0.55);
  Point last{};      // where the wire of the row before ends
  double aside = 0;  // right of its last slot
  for (std::size_t r = 0; r < starts.size(); ++r) {
    const std::size_t end = r + 1 < starts.size() ? starts[r + 1] : slots.size();
    double high = 0;
    std::size_t lines = 0;
    for (std::size_t i = starts[r]; i < end; ++i) {
      high = std::max(high, slots[i].volume.height());
      lines = std::max(lines, slots[i].lines.size());
    }
    const double axis = std::round(y + high / 2) + 0.5, text_y = y + high + 18;
    double x =
        std::round(sheet.margin + 12 +
                   (starts.size() == 1
                        ? (sheet.scene.width - 2 * sheet.margin - 24 - row_width(slots, starts[r], end)) / 2
                        : 0));
    if (r > 0) {
      const double between = std::round(y - row_gap / 2) + 0.5;
      add_arrow(sheet,
                {last,
                 {aside, last.y},
                 {aside, between},
                 {sheet.margin + 2, between},
                 {sheet.margin + 2, axis},
                 {left_of(slots[starts[r]], x) - 3, axis}},
                wire);
    }
    for (std::size_t i = starts[r]; i < end; ++i) {
      add_slot(sheet, graph, slots[i], i, x, axis, text_y);
      last = {right_of(slots[i], x) + 3, axis};
      aside = std::round(x + slots[i].width + 8);
      const double next = x + slots[i].width + gap;
      if (i + 1 < end) add_arrow(sheet, {last, {left_of(slots[i + 1], next) - 3, axis}}, wire);
      x = next;
    }
    y = text_y + static_cast<double>(lines - 1) * line + row_gap;
  }
  y = add_scale_key(sheet, unit, y - row_gap + 20);
  y = add_legend(sheet, graph_legend(graph), sheet.margin, y, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

bool is_chain(const NetworkGraph& graph) {
  if (!graph.frames.empty() || graph.nodes.empty() || graph.edges.size() + 1 != graph.nodes.size())
    return false;
  std::vector<bool> left(graph.nodes.size(), false);  // edges to the next node alone, each once
  for (const auto& [from, to] : graph.edges) {
    if (from < 0 || to != from + 1 || static_cast<std::size_t>(to) >= left.size() ||
        left[static_cast<std::size_t>(from)])
      return false;
    left[static_cast<std::size_t>(from)] = true;
  }
  return true;
}

Scene draw(const NetworkGraph& graph) {
  const auto nodes = static_cast<int>(graph.nodes.size()), frames = static_cast<int>(graph.frames.size());
  if (nodes == 0) throw_usage("{}: nothing to draw", graph.title);
  for (const auto& [from, to] : graph.edges)
    if (from < 0 || to >= nodes || from >= to)
      throw_usage("{}: an edge from {} to {}", graph.title, from, to);
  for (const GraphNode& node : graph.nodes)
    if (node.frame < -1 || node.frame >= frames) throw_usage("{}: {} is in no frame", graph.title, node.name);
  for (int f = 0; f < frames; ++f)
    if (const int parent = graph.frames[static_cast<std::size_t>(f)].parent; parent < -1 || parent >= f)
      throw_usage("{}: frame {} is in no frame", graph.title, f);
  return is_chain(graph) ? draw_volumes(graph) : draw_boxes(graph);
}

}  // namespace nv::figures
