#include "nv/figures/model/box.h"

#include <algorithm>
#include <cmath>

#include "nv/analysis/families.h"
#include "nv/core/text.h"
#include "nv/figures/model/repeats.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double name_size = 11, detail_size = 10, compact_line = 12;
constexpr double stripe = 3, padding = 4, icon_room = 36;
constexpr double narrowest = 96, widest = 184, widest_compact = 150;

double left_of_text(const Box& box) {
  return stripe + (box.volume ? icon_room : padding);
}

FontWeight weight_of(const Box::Line& line) {
  return line.bold ? FontWeight::bold : FontWeight::regular;
}

/// Sets the size of a box for its lines; they are cut to `most` px.
void fit(const Sheet& sheet, Box& box, double least, double most) {
  double width = 0;
  for (const Box::Line& line : box.lines)
    width = std::max(width, sheet.font.width(line.text, line.size, weight_of(line)));
  box.width = std::clamp(std::ceil(left_of_text(box) + width + padding + 1), least, most);
  box.height = 2 * padding + box.line_height * static_cast<double>(box.lines.size());
  if (box.volume) box.height = std::max(box.height, std::ceil(box.volume->height()) + 8);
}

Box whole_box(const Sheet& sheet, const GraphNode& node, const VolumeScale& scale) {
  constexpr double room = widest - icon_room - stripe - padding;
  Box box;
  box.frame = node.frame;
  box.volume = scale.size(node.volume);
  box.lines.push_back({one_line(node.name), name_size, true, false, node.family});
  const auto add = [&](const std::string& first, std::string_view joint, const std::string& second,
                       bool muted) {
    const std::string both = first + (first.empty() || second.empty() ? "" : std::string(joint)) + second;
    if (both.empty()) return;
    const bool one = first.empty() || second.empty() || sheet.font.width(both, detail_size) <= room;
    for (const std::string& text : one ? std::vector{both} : std::vector{first, second})
      box.lines.push_back({text, detail_size, false, muted, node.family});
  };
  add(one_line(node.kind), " ", node.note.empty() ? "" : "+ " + one_line(node.note), false);
  add(one_line(node.shape), "  ·  ", one_line(node.parameters), true);
  fit(sheet, box, narrowest, widest);
  return box;
}

/// Whether a node can stand in a box with others.
bool joins(const GraphNode& node) {
  const auto family = static_cast<LayerFamily>(node.family);
  return family != LayerFamily::input && family != LayerFamily::merging;
}

/// The nodes in chains: each but the first has its only input from the one before, which has no other output.
std::vector<std::vector<int>> chains_of(const NetworkGraph& graph) {
  constexpr std::size_t longest = 8;
  const std::size_t n = graph.nodes.size();
  std::vector<int> inputs(n, 0), outputs(n, 0), before(n, -1), chain(n, -1);
  for (const auto& [from, to] : graph.edges) {
    ++outputs[static_cast<std::size_t>(from)];
    ++inputs[static_cast<std::size_t>(to)];
    before[static_cast<std::size_t>(to)] = from;
  }
  std::vector<std::vector<int>> chains;
  for (std::size_t v = 0; v < n; ++v) {
    const auto u = static_cast<std::size_t>(std::max(before[v], 0));
    const bool single = inputs[v] == 1 && outputs[u] == 1 && graph.nodes[u].frame == graph.nodes[v].frame;
    if (single && joins(graph.nodes[u]) && joins(graph.nodes[v]) &&
        chains[static_cast<std::size_t>(chain[u])].size() < longest) {
      chain[v] = chain[u];
    } else {
      chain[v] = static_cast<int>(chains.size());
      chains.emplace_back();
    }
    chains[static_cast<std::size_t>(chain[v])].push_back(static_cast<int>(v));
  }
  return chains;
}

Box compact_box(const Sheet& sheet, const NetworkGraph& graph, const std::vector<int>& chain,
                const std::string& usual) {
  const auto node = [&](std::size_t i) -> const GraphNode& {
    return graph.nodes[static_cast<std::size_t>(chain[i])];
  };
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < chain.size(); ++i) texts.push_back(one_line(compact_text(node(i), usual)));
  Box box;
  box.frame = node(0).frame;
  box.line_height = compact_line;
  for (const RunLine& line : run_lines(texts))
    box.lines.push_back({line.text, name_size, false, false, node(line.item).family});
  const GraphNode& last = node(chain.size() - 1);
  if (!last.shape.empty()) box.lines.push_back({one_line(last.shape), detail_size, false, true, last.family});
  fit(sheet, box, 40, widest_compact);
  return box;
}

}  // namespace

BoxGraph whole_boxes(const Sheet& sheet, const NetworkGraph& graph, const VolumeScale& scale) {
  BoxGraph result;
  result.edges = graph.edges;
  double width = 0;
  for (const GraphNode& node : graph.nodes) {
    result.boxes.push_back(whole_box(sheet, node, scale));
    width = std::max(width, result.boxes.back().width);
  }
  for (Box& box : result.boxes) box.width = width;
  return result;
}

BoxGraph compact_boxes(const Sheet& sheet, const NetworkGraph& graph) {
  const std::string usual = usual_note(graph);
  const std::vector<std::vector<int>> chains = chains_of(graph);
  BoxGraph result;
  std::vector<int> box_of(graph.nodes.size(), 0);
  for (const std::vector<int>& chain : chains) {
    for (const int node : chain)
      box_of[static_cast<std::size_t>(node)] = static_cast<int>(result.boxes.size());
    result.boxes.push_back(compact_box(sheet, graph, chain, usual));
  }
  for (const auto& [from, to] : graph.edges) {
    const int a = box_of[static_cast<std::size_t>(from)], b = box_of[static_cast<std::size_t>(to)];
    if (a != b) result.edges.emplace_back(a, b);
  }
  return result;
}

void add_box(Sheet& sheet, const Box& box, double x, double y) {
  const Theme& theme = sheet.theme;
  const int family = box.lines.front().family;
  const bool mixed_families = std::any_of(box.lines.begin(), box.lines.end(),
                                          [family](const Box::Line& line) { return line.family != family; });
  const Rgb colour = mixed_families ? theme.muted : family_colour(theme, family);
  sheet.scene.add(Rect{x, y, box.width, box.height,
                       mixed(theme.background, colour, mixed_families ? 0.05 : 0.1),
                       Stroke{mixed(theme.frame, colour, 0.6), 1, 0}});
  if (box.volume)
    add_volume(sheet, *box.volume, colour, std::round(x + stripe + (icon_room - box.volume->width()) / 2),
               std::round(y + (box.height - box.volume->height()) / 2));
  const double room = box.width - left_of_text(box) - padding;
  double top = y + padding;
  for (std::size_t i = 0; i < box.lines.size(); ++i, top += box.line_height) {
    const Box::Line& line = box.lines[i];
    const double from = i == 0 ? y : top,
                 to = i + 1 == box.lines.size() ? y + box.height : top + box.line_height;
    sheet.scene.fill(x, from, stripe, to - from, family_colour(theme, line.family));
    sheet.put(x + left_of_text(box), top + 10,
              line.bold ? sheet.font.fitted_middle(line.text, line.size, room, FontWeight::bold)
                        : sheet.font.fitted(line.text, line.size, room),
              line.size, line.muted ? theme.muted : theme.ink, Anchor::start, weight_of(line));
  }
}

}  // namespace nv::figures
