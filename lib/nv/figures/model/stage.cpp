#include "nv/figures/model/stage.h"

#include <algorithm>
#include <cmath>

#include "nv/core/sizes.h"
#include "nv/core/text.h"
#include "nv/figures/model/repeats.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double stage_name_size = 12;
constexpr double between_vectors = 6;
constexpr double dots_width = 16;
constexpr std::size_t most_copies = 4;

double size_of(const Stage::Line& line) {
  return line.bold ? stage_name_size : small_size;
}

FontWeight weight_of(const Stage::Line& line) {
  return line.bold ? FontWeight::bold : FontWeight::regular;
}

void add_line(const Sheet& sheet, Stage& stage, Stage::Line line, double most) {
  line.text = sheet.font.fitted_middle(one_line(line.text), size_of(line), most, weight_of(line));
  stage.text = std::max(stage.text, std::ceil(sheet.font.width(line.text, size_of(line), weight_of(line))));
  stage.lines.push_back(std::move(line));
}

void add_part(Stage& stage, std::size_t node, const VolumeSize& size, double& x) {
  stage.parts.push_back({node, size, x});
  stage.body = x + size.width();
  stage.high = std::max(stage.high, size.height());
  x += size.thick;
}

/// Whether a copy of a run is drawn: all of a few, else the first two and the last.
bool is_drawn(const Run& run, std::size_t copy) {
  return run.times <= most_copies || copy < 2 || copy + 1 == run.times;
}

/// Nodes [begin, end), which have the same height and width.
Stage stage_of(const Sheet& sheet, const NetworkGraph& graph, const VolumeScale& scale, std::size_t begin,
               std::size_t end, const std::string& usual) {
  std::vector<std::string> texts;
  for (std::size_t i = begin; i < end; ++i) texts.push_back(compact_text(graph.nodes[i], usual));
  const auto& volume = graph.nodes[begin].volume;
  const bool vectors = volume[1] <= 1 && volume[2] <= 1;
  Stage stage;
  double x = 0;
  for (const Run& run : runs_of(texts))
    for (std::size_t copy = 0; copy < run.times; ++copy) {
      if (copy == 2 && !is_drawn(run, copy)) {
        stage.dots.push_back(x + dots_width / 2 + 2);
        x += dots_width;
      }
      if (!is_drawn(run, copy)) continue;
      for (std::size_t i = 0; i < run.period; ++i) {
        const std::size_t node = begin + run.begin + copy * run.period + i;
        if (vectors && !stage.parts.empty()) x += between_vectors;
        add_part(stage, node, scale.size(graph.nodes[node].volume), x);
      }
    }
  for (const RunLine& line : run_lines(texts)) add_line(sheet, stage, {line.text, false, false}, 240);
  if (!vectors) {
    const std::int64_t sides[] = {volume[0], volume[1]};
    add_line(sheet, stage, {sizes_text(sides, " × "), false, true}, 240);
  }
  return stage;
}

}  // namespace

bool same_map(const GraphNode& a, const GraphNode& b) {
  const bool vector_a = a.volume[1] <= 1 && a.volume[2] <= 1, vector_b = b.volume[1] <= 1 && b.volume[2] <= 1;
  if (vector_a || vector_b) return vector_a && vector_b;
  return a.volume[0] == b.volume[0] && a.volume[1] == b.volume[1];
}

std::vector<Stage> single_stages(const Sheet& sheet, const NetworkGraph& graph, const VolumeScale& scale,
                                 double most_text) {
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const GraphNode& node = graph.nodes[i];
    Stage stage;
    double x = 0;
    add_part(stage, i, scale.size(node.volume), x);
    add_line(sheet, stage, {node.name, true, false}, most_text);
    const std::string note = node.note.empty() ? "" : "+ " + node.note;
    for (const std::string* text : {&node.kind, &note, &node.shape})
      if (!text->empty()) add_line(sheet, stage, {*text, false, false}, most_text);
    if (!node.parameters.empty()) add_line(sheet, stage, {node.parameters, false, true}, most_text);
    stages.push_back(std::move(stage));
  }
  return stages;
}

std::vector<Stage> resolution_stages(const Sheet& sheet, const NetworkGraph& graph,
                                     const VolumeScale& scale) {
  const std::string usual = usual_note(graph);
  std::vector<Stage> stages;
  for (std::size_t i = 0; i < graph.nodes.size();) {
    std::size_t end = i + 1;
    while (end < graph.nodes.size() && same_map(graph.nodes[i], graph.nodes[end])) ++end;
    stages.push_back(stage_of(sheet, graph, scale, i, end, usual));
    i = end;
  }
  return stages;
}

void add_stage(Sheet& sheet, const NetworkGraph& graph, const Stage& stage, double x, double axis) {
  for (const Stage::Part& part : stage.parts)
    add_volume(sheet, part.size, family_colour(graph.theme, graph.nodes[part.node].family),
               std::round(x + part.x), std::round(axis - part.size.height() / 2));
  for (const double dots : stage.dots)
    sheet.put(x + dots, axis + 3, "…", stage_name_size, sheet.theme.ink, Anchor::middle, FontWeight::bold);
}

void add_stage_text(Sheet& sheet, const Stage& stage, double x, double y, Anchor anchor) {
  for (const Stage::Line& line : stage.lines) {
    sheet.put(x, y, line.text, size_of(line), line.muted ? sheet.theme.muted : sheet.theme.ink, anchor,
              weight_of(line));
    y += stage_line;
  }
}

void add_skip(Sheet& sheet, Point from, Point to, double y) {
  const Rgb colour = mixed(sheet.theme.background, sheet.theme.accent, 0.85);
  sheet.scene.polyline({from, {from.x, y}, {to.x, y}, {to.x, to.y - 5}}, {colour, 1.4, 0});
  add_arrow_head(sheet, to, 0, 1, 6, colour);
}

void add_arrow(Sheet& sheet, std::vector<Point> points) {
  const Rgb colour = mixed(sheet.theme.background, sheet.theme.ink, 0.55);
  add_arrow_head(sheet, points.back(), 1, 0, 6, colour);
  points.back().x -= 5;
  sheet.scene.polyline(std::move(points), {colour, 1.2, 0});
}

}  // namespace nv::figures
