// A chain of layers as volumes in rows.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/model/stage.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double gap = 26, row_gap = 34, aside = 12;
constexpr double tallest = 116, thickest = 60, most_text = 150;
constexpr double compact_tallest = 96, compact_thickest = 20;

/// Indices of the stages that begin rows of at most `room` px.
std::vector<std::size_t> rows_within(const std::vector<Stage>& stages, double room) {
  std::vector<std::size_t> starts{0};
  double x = 0;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (i > starts.back() && x + stages[i].width() > room) {
      starts.push_back(i);
      x = 0;
    }
    x += stages[i].width() + gap;
  }
  return starts;
}

/// As few rows as fit, of nearly equal length.
std::vector<std::size_t> rows_of(const std::vector<Stage>& stages, double room) {
  const std::size_t count = rows_within(stages, room).size();
  double lo = 0, hi = room;
  for (int i = 0; i < 20; ++i) {
    const double middle = (lo + hi) / 2;
    (rows_within(stages, middle).size() <= count ? hi : lo) = middle;
  }
  return rows_within(stages, hi);
}

std::vector<std::size_t> rows_of_length(std::size_t stages, std::size_t length) {
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < stages; i += length) starts.push_back(i);
  return starts;
}

double row_width(const std::vector<Stage>& stages, std::size_t from, std::size_t to) {
  double width = -gap;
  for (std::size_t i = from; i < to; ++i) width += stages[i].width() + gap;
  return width;
}

/// Draws the stages in rows, each joined to the next by an arrow.
class VolumeRows {
 public:
  VolumeRows(Sheet& sheet, const NetworkGraph& graph, const std::vector<Stage>& stages,
             const std::vector<std::size_t>& starts)
      : sheet_(sheet), graph_(graph), stages_(stages), starts_(starts) {}

  double widest() const {
    double width = 0;
    for (std::size_t r = 0; r < starts_.size(); ++r)
      width = std::max(width, row_width(stages_, starts_[r], end_of(r)));
    return width;
  }

  /// From `y` on; returns the y below.
  double draw(double y) {
    for (std::size_t r = 0; r < starts_.size(); ++r) y = draw_row(r, y) + row_gap;
    return y - row_gap;
  }

 private:
  std::size_t end_of(std::size_t row) const {
    return row + 1 < starts_.size() ? starts_[row + 1] : stages_.size();
  }

  /// x of the first stage of a row: the widest row is in the middle.
  double left_end() const { return std::round((sheet_.scene.width - widest()) / 2); }

  double draw_row(std::size_t row, double y) {
    const std::size_t first = starts_[row], end = end_of(row);
    double high = 0;
    std::size_t lines = 0;
    for (std::size_t i = first; i < end; ++i) {
      high = std::max(high, stages_[i].high);
      lines = std::max(lines, stages_[i].lines.size());
    }
    const double axis = std::round(y + high / 2) + 0.5, text_y = y + high + 18;
    double x = left_end();
    if (row > 0) add_return(left_of(first, x), y, axis);
    for (std::size_t i = first; i < end; ++i) {
      const Stage& stage = stages_[i];
      add_stage(sheet_, graph_, stage, left_of(i, x), axis);
      add_stage_text(sheet_, stage, x + stage.width() / 2, text_y, Anchor::middle);
      last_ = {left_of(i, x) + stage.body + 3, axis};
      aside_ = std::round(x + stage.width() + 8);
      const double next = x + stage.width() + gap;
      if (i + 1 < end) add_arrow(sheet_, {last_, {left_of(i + 1, next) - 3, axis}});
      x = next;
    }
    return text_y + static_cast<double>(lines - 1) * stage_line;
  }

  /// x of the first volume of a stage whose room begins at `x`.
  double left_of(std::size_t stage, double x) const {
    return std::round(x + (stages_[stage].width() - stages_[stage].body) / 2);
  }

  /// The arrow from the end of a row to the beginning of the next, whose first volume is at `left`.
  void add_return(double left, double y, double axis) {
    const double between = std::round(y - row_gap / 2) + 0.5;
    add_arrow(sheet_, {last_,
                       {aside_, last_.y},
                       {aside_, between},
                       {left_end() - aside, between},
                       {left_end() - aside, axis},
                       {left - 3, axis}});
  }

  Sheet& sheet_;
  const NetworkGraph& graph_;
  const std::vector<Stage>& stages_;
  const std::vector<std::size_t>& starts_;
  Point last_{};      // end of the last volume
  double aside_ = 0;  // x right of its stage
};

}  // namespace

Scene draw_volumes(const NetworkGraph& graph, bool compact) {
  if (!is_chain(graph)) throw_usage("{}: is no chain of layers", graph.title);
  Sheet sheet(graph.theme, graph.page);
  const VolumeScale scale = compact ? volume_scale(graph, compact_tallest, compact_thickest)
                                    : volume_scale(graph, tallest, thickest);
  const std::vector<Stage> stages =
      compact ? resolution_stages(sheet, graph, scale) : single_stages(sheet, graph, scale, most_text);
  const double room = graph.page.width - 2 * sheet.margin - 2 * aside;
  const std::vector<std::size_t> starts =
      graph.columns > 0 ? rows_of_length(stages.size(), static_cast<std::size_t>(graph.columns))
                        : rows_of(stages, room);
  VolumeRows rows(sheet, graph, stages, starts);
  sheet.scene.width = std::ceil(
      std::max(std::min(least_width, graph.page.width), rows.widest() + 2 * sheet.margin + 2 * aside));
  check_columns(graph, sheet.scene.width);
  double y = rows.draw(add_heading(sheet, graph, graph.page, sheet.scene.width));
  y = add_scale_key(sheet, graph, scale, y + 20);
  y = add_legend(sheet, compact ? compact_legend(graph) : graph_legend(graph), sheet.margin, y,
                 sheet.scene.width - 2 * sheet.margin);
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

}  // namespace nv::figures
