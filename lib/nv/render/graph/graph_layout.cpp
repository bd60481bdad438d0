#include "nv/render/graph/graph_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "nv/core/index.h"
#include "nv/render/graph/columns.h"

namespace nv::render {

namespace {

constexpr int most_columns = 8;
constexpr double gain = 0.88;  // a further column must reduce the size to this share
constexpr int whole = -1;      // the level outside of all frames

/// A box of a level: a node or a frame.
struct Member {
  bool is_frame = false;
  int number = 0;
};

/// Layout of a level with the contents of its frames, relative to its upper left corner.
struct Block {
  LevelLayout layout;
  std::vector<std::pair<int, FlowBox>> nodes, frames;
  std::vector<Wire> wires;
};

void move(FlowBox& box, double x, double y) {
  box.x += x;
  box.y += y;
}

void move(Wire& wire, double x, double y) {
  for (Point& p : wire.points) p = {p.x + x, p.y + y};
}

class FlowLayouter {
 public:
  FlowLayouter(std::span<const FlowNode> nodes, std::span<const std::pair<int, int>> edges,
               std::span<const FlowFrame> frames, const FlowRoom& room, const FlowStyle& style)
      : nodes_(nodes), edges_(edges.begin(), edges.end()), frames_(frames), room_(room), style_(style) {
    std::sort(edges_.begin(), edges_.end());
    edges_.erase(std::unique(edges_.begin(), edges_.end()), edges_.end());
  }

  /// Returns nullopt if edges between frames form a cycle.
  std::optional<Block> block(int frame) {
    Level level;
    std::vector<Member> members;
    std::vector<Block> inside;
    if (!sorted_members(frame, members)) return std::nullopt;
    std::map<int, int> of_node;  // box by node below it
    for (std::size_t b = 0; b < members.size(); ++b) {
      const Member& m = members[b];
      inside.emplace_back();
      level.boxes.emplace_back();
      if (!m.is_frame) {
        level.boxes.back() = {nodes_[as_index(m.number)].width, nodes_[as_index(m.number)].height, {}, {}};
        continue;
      }
      std::optional<Block> child = block(m.number);
      if (!child) return std::nullopt;
      inside.back() = framed(std::move(*child), level.boxes.back());
    }
    connect(frame, members, level);
    return assembled(level, members, std::move(inside), frame);
  }

 private:
  /// The member of `frame` that is or contains `node`; nullopt if the node is not inside the frame.
  std::optional<Member> member_of(int node, int frame) const {
    int inner = nodes_[as_index(node)].frame;
    if (inner == frame) return Member{false, node};
    while (inner != whole) {
      const int outer = frames_[as_index(inner)].parent;
      if (outer == frame) return Member{true, inner};
      inner = outer;
    }
    return std::nullopt;
  }

  static int key(const Member& m) { return m.is_frame ? -1 - m.number : m.number; }

  /// Sorts topologically; returns false if there is a cycle.
  bool sorted_members(int frame, std::vector<Member>& members) const {
    std::map<int, Member> found;
    std::map<int, int> first, waiting;  // least node in it; edges that enter it
    std::set<std::pair<int, int>> links;
    for (std::size_t v = 0; v < nodes_.size(); ++v)
      if (const auto m = member_of(static_cast<int>(v), frame); m && found.emplace(key(*m), *m).second)
        first[key(*m)] = static_cast<int>(v);
    for (const auto& [from, to] : edges_) {
      const auto a = member_of(from, frame), b = member_of(to, frame);
      if (a && b && key(*a) != key(*b) && links.emplace(key(*a), key(*b)).second) ++waiting[key(*b)];
    }
    std::set<std::pair<int, int>> ready;  // by least node
    for (const auto& entry : found)
      if (waiting[entry.first] == 0) ready.emplace(first[entry.first], entry.first);
    while (!ready.empty()) {
      const int now = ready.begin()->second;
      ready.erase(ready.begin());
      members.push_back(found.at(now));
      for (auto link = links.lower_bound({now, std::numeric_limits<int>::min()});
           link != links.end() && link->first == now; ++link)
        if (--waiting[link->second] == 0) ready.emplace(first[link->second], link->second);
    }
    return members.size() == found.size();
  }

  void connect(int frame, const std::vector<Member>& members, Level& level) const {
    std::map<int, int> box;
    for (std::size_t b = 0; b < members.size(); ++b) box[key(members[b])] = static_cast<int>(b);
    std::set<std::pair<int, int>> wired;
    std::set<int> leaving;
    for (const auto& [from, to] : edges_) {
      const auto a = member_of(from, frame), b = member_of(to, frame);
      if (a) level.made_by[from] = box.at(key(*a));
      if (a && !b) leaving.insert(from);
      if (!b || (a && key(*a) == key(*b))) continue;
      if (wired.emplace(from, box.at(key(*b))).second) level.wires.push_back({from, box.at(key(*b))});
    }
    level.leaving.assign(leaving.begin(), leaving.end());
  }

  /// A block with a frame around it, as a box of the level above.
  Block framed(Block inner, LevelBox& box) const {
    const double dx = style_.padding, dy = style_.padding + style_.title_line;
    box.width = inner.layout.width + 2 * dx;
    box.height = inner.layout.height + dy + style_.padding;
    for (const auto& [source, x] : inner.layout.in) {
      box.in[source] = x + dx;
      inner.wires.push_back({{{x, -dy}, {x, 0}}, false});
    }
    for (const auto& [source, x] : inner.layout.out) {
      box.out[source] = x + dx;
      inner.wires.push_back({{{x, inner.layout.height}, {x, inner.layout.height + style_.padding}}, false});
    }
    shift(inner, dx, dy);
    return inner;
  }

  static void shift(Block& block, double x, double y) {
    for (auto& entry : block.nodes) move(entry.second, x, y);
    for (auto& entry : block.frames) move(entry.second, x, y);
    for (Wire& wire : block.wires) move(wire, x, y);
  }

  /// The level in the number of columns that fits best.
  LevelLayout best_columns(const Level& level, bool outermost) const {
    if (outermost && room_.columns > 0) return columned(level, room_.columns, style_);
    const bool bound = outermost && room_.exact;
    LevelLayout best;
    double least = 0;
    for (int columns = 1; columns <= most_columns; ++columns) {
      LevelLayout layout = columned(level, columns, style_);
      const bool over = bound && layout.width > room_.width;
      const double size = bound ? (over ? 1e9 + layout.width : layout.height)
                                : std::max(layout.width / room_.width, layout.height / room_.height);
      if (columns > 1 && size >= least * gain) continue;
      least = size;
      best = std::move(layout);
    }
    return best;
  }

  /// Chooses the number of columns and places the contents of frames.
  Block assembled(const Level& level, const std::vector<Member>& members, std::vector<Block> inside,
                  int frame) const {
    Block block;
    block.layout = best_columns(level, frame == whole);
    for (std::size_t b = 0; b < members.size(); ++b) {
      const Point corner = block.layout.corners[b];
      const FlowBox box{corner.x, corner.y, level.boxes[b].width, level.boxes[b].height};
      (members[b].is_frame ? block.frames : block.nodes).emplace_back(members[b].number, box);
      shift(inside[b], corner.x, corner.y);
      std::move(inside[b].nodes.begin(), inside[b].nodes.end(), std::back_inserter(block.nodes));
      std::move(inside[b].frames.begin(), inside[b].frames.end(), std::back_inserter(block.frames));
      std::move(inside[b].wires.begin(), inside[b].wires.end(), std::back_inserter(block.wires));
    }
    std::move(block.layout.wires.begin(), block.layout.wires.end(), std::back_inserter(block.wires));
    block.layout.wires.clear();
    return block;
  }

  std::span<const FlowNode> nodes_;
  std::vector<std::pair<int, int>> edges_;
  std::span<const FlowFrame> frames_;
  FlowRoom room_;
  FlowStyle style_;
};

}  // namespace

FlowLayout flow_layout(std::span<const FlowNode> nodes, std::span<const std::pair<int, int>> edges,
                       std::span<const FlowFrame> frames, const FlowRoom& room, const FlowStyle& style) {
  std::optional<Block> block = FlowLayouter(nodes, edges, frames, room, style).block(whole);
  if (!block) {  // a cycle through frames: draw without them
    std::vector<FlowNode> bare(nodes.begin(), nodes.end());
    for (FlowNode& node : bare) node.frame = whole;
    block = FlowLayouter(bare, edges, {}, room, style).block(whole);
  }
  FlowLayout layout;
  layout.width = block->layout.width;
  layout.height = block->layout.height;
  layout.nodes.resize(nodes.size());
  layout.frames.resize(frames.size());
  for (const auto& [node, box] : block->nodes) layout.nodes[as_index(node)] = box;
  for (const auto& [frame, box] : block->frames) layout.frames[as_index(frame)] = box;
  layout.wires = std::move(block->wires);
  return layout;
}

}  // namespace nv::render
