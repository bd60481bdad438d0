// An encoder and a decoder with connections between equal resolutions, drawn as a U.
#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/core/error.h"
#include "nv/core/index.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/model/stage.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double tallest_block = 84, thickest_block = 34;
constexpr double level_gap = 30, least_step = 12, between_texts = 24, lane = 6, above = 8;

std::int64_t resolution(const GraphNode& node) {
  return node.volume[0] > 0 && node.volume[1] > 0 ? node.volume[0] * node.volume[1] : 0;
}

bool is_step(const std::pair<int, int>& edge) {
  return edge.second == edge.first + 1;
}

/// A stage of the U: `level` counts rows from the top, `rising` is the decoder.
struct Place {
  std::size_t level = 0;
  bool rising = false;
  double x = 0;     // of the first volume
  double axis = 0;  // y of the middle
};

struct ArcEnd {
  double x = 0, top = 0;
};

/// Places the stages of a U and draws them.
class Drawing {
 public:
  Drawing(Sheet& sheet, const NetworkGraph& graph, const std::vector<Stage>& stages)
      : sheet_(sheet), graph_(graph), stages_(stages), places_(stages.size()) {
    find_levels();
    place_columns();
  }

  double width() const { return width_; }

  /// From (x, y) on; returns the y below.
  double draw(double x, double y) {
    place_rows(y);
    for (Place& place : places_) place.x = std::round(place.x + x);
    for (std::size_t s = 0; s + 1 < stages_.size(); ++s) join(s);
    add_arcs();
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      add_stage(sheet_, graph_, stages_[s], places_[s].x, places_[s].axis);
      add_text(s);
    }
    return bottom_;
  }

 private:
  void find_levels() {
    std::vector<std::int64_t> sizes;
    for (const Stage& stage : stages_) sizes.push_back(resolution(graph_.nodes[stage.parts[0].node]));
    lowest_ = static_cast<std::size_t>(std::min_element(sizes.begin(), sizes.end()) - sizes.begin());
    std::vector<std::int64_t> levels = sizes;
    std::sort(levels.begin(), levels.end(), std::greater<>());
    levels.erase(std::unique(levels.begin(), levels.end()), levels.end());
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      places_[s].level =
          static_cast<std::size_t>(std::find(levels.begin(), levels.end(), sizes[s]) - levels.begin());
      places_[s].rising = s > lowest_;
    }
    levels_ = levels.size();
  }

  /// Middles of the first and the last volume of a stage, from its left side.
  static double first_middle(const Stage& stage) { return stage.parts.front().size.width() / 2; }
  static double last_middle(const Stage& stage) {
    return stage.parts.back().x + stage.parts.back().size.width() / 2;
  }

  /// x of every stage: each below the end of the one before; in the decoder far enough to the right that
  /// texts of one row do not touch.
  void place_columns() {
    for (std::size_t s = 1; s < stages_.size(); ++s) {
      const Stage& before = stages_[s - 1];
      places_[s].x = places_[s - 1].x + std::max(last_middle(before) - first_middle(stages_[s]), least_step);
    }
    double shift = 0;  // of the stages after the lowest
    for (std::size_t a = 0; a < lowest_; ++a)
      for (std::size_t b = lowest_ + 1; b < stages_.size(); ++b) {
        if (places_[a].level != places_[b].level) continue;
        const double left = places_[a].x + std::max(stages_[a].body, text_left(a) + stages_[a].text);
        const double right = places_[b].x + std::min(0.0, text_right(b) - stages_[b].text);
        shift = std::max(shift, left + between_texts - right);
      }
    for (std::size_t s = lowest_ + 1; s < stages_.size(); ++s) places_[s].x += shift;
    double left = 0, right = 0;
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      const double x = places_[s].x, over_side = std::max(0.0, (stages_[s].text - stages_[s].body) / 2);
      left = std::min({left, x,
                       s == lowest_  ? x - over_side
                       : s > lowest_ ? x + text_right(s) - stages_[s].text
                                     : x});
      right = std::max({right, x + stages_[s].body,
                        s == lowest_ ? x + stages_[s].body + over_side
                                     : x + (s > lowest_ ? text_right(s) : text_left(s) + stages_[s].text)});
    }
    for (Place& place : places_) place.x -= left;
    width_ = right - left;
  }

  /// Texts stand above the volumes, right of the arrow that comes from above or left of the one that leaves
  /// upwards; x from the stage's left side.
  double text_left(std::size_t s) const { return s == 0 ? 0 : first_middle(stages_[s]) + 8; }
  double text_right(std::size_t s) const {
    return s + 1 == stages_.size() ? stages_[s].body : last_middle(stages_[s]) - 8;
  }

  void place_rows(double y) {
    std::vector<double> high(levels_, 0);
    std::vector<std::size_t> lines(levels_, 0);
    for (std::size_t s = 0; s < stages_.size(); ++s) {
      high[places_[s].level] = std::max(high[places_[s].level], stages_[s].high);
      if (s != lowest_) lines[places_[s].level] = std::max(lines[places_[s].level], stages_[s].lines.size());
    }
    for (std::size_t level = 0; level < levels_; ++level) {
      tops_.push_back(y + static_cast<double>(lines[level]) * stage_line + arc_room(level));
      const double axis = std::round(tops_[level] + high[level] / 2);
      for (Place& place : places_)
        if (place.level == level) place.axis = axis;
      y = std::ceil(tops_[level] + high[level] + level_gap);
    }
    bottom_ = y - level_gap + stage_line * static_cast<double>(stages_[lowest_].lines.size()) + 8;
  }

  /// px above the volumes of a row for the arcs.
  double arc_room(std::size_t level) const {
    std::size_t arcs = 0;
    for (const auto& edge : graph_.edges)
      if (!is_step(edge) && places_[stage_of(as_index(edge.first))].level == level) ++arcs;
    return arcs == 0 ? 4 : above + lane * static_cast<double>(arcs);
  }

  std::size_t stage_of(std::size_t node) const {
    std::size_t s = 0;
    while (s + 1 < stages_.size() && stages_[s + 1].parts[0].node <= node) ++s;
    return s;
  }

  /// The volume that stands for a node: the last one before it, if it is left out.
  const Stage::Part& part_of(std::size_t node) const {
    const Stage& stage = stages_[stage_of(node)];
    std::size_t p = 0;
    while (p + 1 < stage.parts.size() && stage.parts[p + 1].node <= node) ++p;
    return stage.parts[p];
  }

  ArcEnd end_of(std::size_t node) const {
    const Stage::Part& part = part_of(node);
    const Place& place = places_[stage_of(node)];
    return {place.x + part.x + part.size.width() / 2, place.axis - part.size.height() / 2};
  }

  Rgb wire() const { return mixed(sheet_.theme.background, sheet_.theme.ink, 0.55); }

  /// The arrow from a stage to the next, which is on another row.
  void join(std::size_t s) {
    const Stage &from = stages_[s], &to = stages_[s + 1];
    const bool up = places_[s + 1].level < places_[s].level;
    const double half = from.parts.back().size.height() / 2, other = to.parts.front().size.height() / 2;
    const double x0 = std::round(places_[s].x + last_middle(from)) + 0.5;
    double x1 = std::round(places_[s + 1].x + first_middle(to)) + 0.5;
    if (std::abs(x1 - x0) < 3) x1 = x0;
    const double y0 = places_[s].axis + (up ? -half - 2 : half + 2);
    const double y1 = places_[s + 1].axis + (up ? other + 3 : -other - 3);
    const double turn = std::round(up ? y1 + level_gap / 2 - 3 : y0 + level_gap / 2 - 6) + 0.5;
    std::vector<Point> points{{x0, y0}};
    if (x0 != x1) points.insert(points.end(), {{x0, turn}, {x1, turn}});
    const double end = up ? y1 + 5 : y1 - 5;
    points.push_back({x1, end});
    sheet_.scene.polyline(std::move(points), {wire(), 1.2, 0});
    add_arrow_head(sheet_, {x1, y1}, 0, up ? -1 : 1, 6, wire());
  }

  /// Edges that skip layers, above the volumes of their row. Short ones lie below long ones.
  void add_arcs() {
    std::vector<std::pair<int, int>> arcs;
    for (const auto& edge : graph_.edges)
      if (!is_step(edge)) arcs.push_back(edge);
    std::stable_sort(arcs.begin(), arcs.end(),
                     [](const auto& a, const auto& b) { return a.second - a.first < b.second - b.first; });
    std::vector<std::size_t> used(levels_, 0);
    for (const auto& [from, to] : arcs) {
      const ArcEnd a = end_of(as_index(from)), b = end_of(as_index(to));
      std::size_t& number = used[places_[stage_of(as_index(from))].level];
      const double y =
          std::round(std::min(a.top, b.top) - above - lane * static_cast<double>(number++)) + 0.5;
      add_skip(sheet_, {a.x, a.top}, {b.x, b.top}, y);
    }
  }

  void add_text(std::size_t s) {
    const Stage& stage = stages_[s];
    const Place& place = places_[s];
    if (s == lowest_) {
      add_stage_text(sheet_, stage, place.x + stage.body / 2, place.axis + stage.high / 2 + 16,
                     Anchor::middle);
      return;
    }
    const double y = tops_[place.level] - arc_room(place.level) -
                     static_cast<double>(stage.lines.size() - 1) * stage_line - 2;
    if (place.rising)
      add_stage_text(sheet_, stage, place.x + text_right(s), y, Anchor::end);
    else
      add_stage_text(sheet_, stage, place.x + text_left(s), y, Anchor::start);
  }

  Sheet& sheet_;
  const NetworkGraph& graph_;
  const std::vector<Stage>& stages_;
  std::vector<Place> places_;
  std::vector<double> tops_;  // of the volumes, by level
  std::size_t lowest_ = 0, levels_ = 0;
  double width_ = 0, bottom_ = 0;
};

}  // namespace

bool is_u_shape(const NetworkGraph& graph) {
  const std::size_t n = graph.nodes.size();
  if (!graph.frames.empty() || n < 3) return false;
  std::vector<std::int64_t> sizes;
  for (const GraphNode& node : graph.nodes) sizes.push_back(resolution(node));
  const auto lowest = std::min_element(sizes.begin(), sizes.end());
  if (*lowest == 0 || !std::is_sorted(sizes.begin(), lowest, std::greater<>()) ||
      !std::is_sorted(lowest, sizes.end()))
    return false;
  const auto bottom = static_cast<int>(lowest - sizes.begin());
  std::vector<bool> entered(n, false);
  bool joined = false;
  for (const auto& edge : graph.edges) {
    if (is_step(edge)) {
      entered[as_index(edge.second)] = true;
      continue;
    }
    const std::int64_t size = sizes[as_index(edge.first)];
    if (size != sizes[as_index(edge.second)]) return false;
    joined = joined || (edge.first < bottom && edge.second > bottom && size > *lowest);
  }
  return joined && std::count(entered.begin(), entered.end(), true) + 1 == static_cast<std::ptrdiff_t>(n);
}

Scene draw_u(const NetworkGraph& graph) {
  if (!is_u_shape(graph)) throw_usage("{}: is not shaped like a U", graph.title);
  Sheet sheet(graph.theme, graph.page);
  // Thinner volumes on a narrow page; texts keep their size.
  constexpr double step = 0.85, least = 0.4;
  VolumeScale scale;
  std::vector<Stage> stages;
  for (double size = 1; size > least; size *= step) {
    scale = volume_scale(graph, tallest_block * std::sqrt(size), thickest_block * size);
    stages = resolution_stages(sheet, graph, scale);
    if (Drawing(sheet, graph, stages).width() + 2 * sheet.margin <= graph.page.width) break;
  }
  Drawing drawing(sheet, graph, stages);
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, graph.page.width), drawing.width() + 2 * sheet.margin));
  double y = add_heading(sheet, graph, graph.page, sheet.scene.width);
  y = drawing.draw((sheet.scene.width - drawing.width()) / 2, y);
  y = add_scale_key(sheet, graph, scale, y + 12);
  Legend legend = compact_legend(graph);
  legend.add(std::string(skips_remark));
  y = add_legend(sheet, legend, sheet.margin, y, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
