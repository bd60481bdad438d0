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
struct VolumeSlot {
  VolumeSize volume;
  std::vector<std::string> lines;  // the first is the name
  double width = 0;
};

std::vector<VolumeSlot> slots_of(const Sheet& sheet, const NetworkGraph& graph, double unit) {
  std::vector<VolumeSlot> slots;
  for (const GraphNode& node : graph.nodes) {
    VolumeSlot slot;
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

/// Indices of the slots that begin rows of at most `room` px.
std::vector<std::size_t> rows_within(const std::vector<VolumeSlot>& slots, double room) {
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
std::vector<std::size_t> rows_of(const std::vector<VolumeSlot>& slots, double room) {
  const std::size_t count = rows_within(slots, room).size();
  double lo = 0, hi = room;
  for (int i = 0; i < 20; ++i) {
    const double middle = (lo + hi) / 2;
    (rows_within(slots, middle).size() <= count ? hi : lo) = middle;
  }
  return rows_within(slots, hi);
}

double row_width(const std::vector<VolumeSlot>& slots, std::size_t from, std::size_t to) {
  double width = -gap;
  for (std::size_t i = from; i < to; ++i) width += slots[i].width + gap;
  return width;
}

void add_slot(Sheet& sheet, const NetworkGraph& graph, const VolumeSlot& slot, std::size_t node, double x,
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

/// x of the left and the right side of a volume, of a slot at `x`.
double left_of(const VolumeSlot& slot, double x) {
  return x + (slot.width - slot.volume.width()) / 2;
}
double right_of(const VolumeSlot& slot, double x) {
  return x + (slot.width + slot.volume.width()) / 2;
}

void add_arrow(Sheet& sheet, std::vector<Point> points, Rgb colour) {
  add_arrow_head(sheet, points.back(), 1, 0, 6, colour);
  points.back().x -= 5;
  sheet.scene.polyline(std::move(points), {colour, 1.2, 0});
}

/// Reference lengths of the logarithmic scale, as many as fit; returns the y below.
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

/// Draws the volumes in rows, each joined to the next by an arrow.
class VolumeRows {
 public:
  VolumeRows(Sheet& sheet, const NetworkGraph& graph, const std::vector<VolumeSlot>& slots,
             const std::vector<std::size_t>& starts)
      : sheet_(sheet), graph_(graph), slots_(slots), starts_(starts) {}

  double widest() const {
    double width = 0;
    for (std::size_t r = 0; r < starts_.size(); ++r)
      width = std::max(width, row_width(slots_, starts_[r], end_of(r)));
    return width;
  }

  /// From `y` on; returns the y below.
  double draw(double y) {
    for (std::size_t r = 0; r < starts_.size(); ++r) y = draw_row(r, y) + row_gap;
    return y - row_gap;
  }

 private:
  std::size_t end_of(std::size_t row) const {
    return row + 1 < starts_.size() ? starts_[row + 1] : slots_.size();
  }

  /// x of the first slot of a row; a single row is centred.
  double left_end() const {
    const double room = sheet_.scene.width - 2 * sheet_.margin - 24;
    return std::round(sheet_.margin + 12 +
                      (starts_.size() == 1 ? (room - row_width(slots_, 0, slots_.size())) / 2 : 0));
  }

  double draw_row(std::size_t row, double y) {
    const std::size_t first = starts_[row], end = end_of(row);
    double high = 0;
    std::size_t lines = 0;
    for (std::size_t i = first; i < end; ++i) {
      high = std::max(high, slots_[i].volume.height());
      lines = std::max(lines, slots_[i].lines.size());
    }
    const double axis = std::round(y + high / 2) + 0.5, text_y = y + high + 18;
    double x = left_end();
    if (row > 0) add_return(first, x, y, axis);
    for (std::size_t i = first; i < end; ++i) {
      add_slot(sheet_, graph_, slots_[i], i, x, axis, text_y);
      last_ = {right_of(slots_[i], x) + 3, axis};
      aside_ = std::round(x + slots_[i].width + 8);
      const double next = x + slots_[i].width + gap;
      if (i + 1 < end) add_arrow(sheet_, {last_, {left_of(slots_[i + 1], next) - 3, axis}}, wire_);
      x = next;
    }
    return text_y + static_cast<double>(lines - 1) * line;
  }

  /// The arrow from the end of a row to the beginning of the next, whose slot `first` is at `x`.
  void add_return(std::size_t first, double x, double y, double axis) {
    const double between = std::round(y - row_gap / 2) + 0.5;
    add_arrow(sheet_,
              {last_,
               {aside_, last_.y},
               {aside_, between},
               {sheet_.margin + 2, between},
               {sheet_.margin + 2, axis},
               {left_of(slots_[first], x) - 3, axis}},
              wire_);
  }

  Sheet& sheet_;
  const NetworkGraph& graph_;
  const std::vector<VolumeSlot>& slots_;
  const std::vector<std::size_t>& starts_;
  Rgb wire_ = mixed(graph_.theme.background, graph_.theme.ink, 0.55);
  Point last_{};      // end of the last volume
  double aside_ = 0;  // x right of its slot
};

}  // namespace

Scene draw_volumes(const NetworkGraph& graph) {
  if (!is_chain(graph)) throw_usage("{}: is no chain of layers", graph.title);
  Sheet sheet(graph.theme, graph.page);
  std::int64_t longest = 1;
  for (const GraphNode& node : graph.nodes) longest = std::max({longest, node.volume[0], node.volume[1]});
  const double unit = tallest / volume_edge(longest, 1);
  const std::vector<VolumeSlot> slots = slots_of(sheet, graph, unit);
  const std::vector<std::size_t> starts = rows_of(slots, graph.page.width - 2 * sheet.margin - 24);
  VolumeRows rows(sheet, graph, slots, starts);
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, graph.page.width), rows.widest() + 2 * sheet.margin + 24));
  double y = rows.draw(add_heading(sheet, graph, graph.page, sheet.scene.width));
  y = add_scale_key(sheet, unit, y + 20);
  y = add_legend(sheet, graph_legend(graph), sheet.margin, y, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

bool is_chain(const NetworkGraph& graph) {
  if (!graph.frames.empty() || graph.nodes.empty() || graph.edges.size() + 1 != graph.nodes.size())
    return false;
  std::vector<bool> left(graph.nodes.size(), false);  // nodes with an edge to the next one
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
