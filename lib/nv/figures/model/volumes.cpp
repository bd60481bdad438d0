// A chain of layers as volumes in rows.
#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/model/skips.h"
#include "nv/figures/model/stage.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double volume_gap = 26, row_gap = 34, aside = 12;
constexpr double tallest = 116, thickest = 60, most_text = 150;
constexpr double compact_tallest = 96, compact_thickest = 20;
constexpr double over = 8, track = 7;  // from a volume to the lowest connection above it, and to the next

/// Indices of the stages that begin rows of at most `room` px.
std::vector<std::size_t> rows_within(const std::vector<Stage>& stages, double room) {
  std::vector<std::size_t> starts{0};
  double x = 0;
  for (std::size_t i = 0; i < stages.size(); ++i) {
    if (i > starts.back() && x + stages[i].width() > room) {
      starts.push_back(i);
      x = 0;
    }
    x += stages[i].width() + volume_gap;
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
  double width = -volume_gap;
  for (std::size_t i = from; i < to; ++i) width += stages[i].width() + volume_gap;
  return width;
}

/// A connection that skips layers, in the stage where it ends.
struct Skip {
  std::size_t from = 0, to = 0;  ///< nodes
  std::size_t level = 0;         ///< the number of connections below it
};

/// Of each stage, short ones first.
std::vector<std::vector<Skip>> skips_of(const NetworkGraph& graph, const std::vector<Stage>& stages) {
  std::vector<std::vector<Skip>> all(stages.size());
  for (const auto& [a, b] : graph.edges) {
    if (b == a + 1) continue;
    const Skip skip{static_cast<std::size_t>(a), static_cast<std::size_t>(b)};
    const auto behind =
        std::ranges::upper_bound(stages, skip.to, {}, [](const Stage& stage) { return stage.parts[0].node; });
    all[static_cast<std::size_t>(behind - stages.begin()) - 1].push_back(skip);
  }
  for (std::vector<Skip>& skips : all) {
    std::ranges::stable_sort(skips, {}, [](const Skip& k) { return k.to - k.from; });
    for (std::size_t i = 0; i < skips.size(); ++i)
      for (std::size_t k = 0; k < i; ++k)
        if (skips[k].from < skips[i].to && skips[i].from < skips[k].to)
          skips[i].level = std::max(skips[i].level, skips[k].level + 1);
  }
  return all;
}

/// Draws the stages in rows, each joined to the next by an arrow.
class VolumeRows {
 public:
  VolumeRows(Sheet& sheet, const NetworkGraph& graph, const std::vector<Stage>& stages,
             const std::vector<std::size_t>& starts)
      : sheet_(sheet), graph_(graph), stages_(stages), starts_(starts), skips_(skips_of(graph, stages)) {}

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
    double high = 0, room = 0;  // room: px above the volumes for connections
    std::size_t lines = 0;
    for (std::size_t i = first; i < end; ++i) {
      high = std::max(high, stages_[i].high);
      lines = std::max(lines, stages_[i].lines.size());
      for (const Skip& skip : skips_[i])
        room = std::max(room, over + track * static_cast<double>(skip.level));
    }
    const double between = std::round(y - row_gap / 2) + 0.5;
    y += room;
    const double axis = std::round(y + high / 2) + 0.5, text_y = y + high + 18;
    double x = left_end();
    if (row > 0) add_return(left_of(first, x), between, axis);
    for (std::size_t i = first; i < end; ++i) {
      const Stage& stage = stages_[i];
      add_stage(sheet_, graph_, stage, left_of(i, x), axis);
      for (const Skip& skip : skips_[i]) add_connection(stage, skip, left_of(i, x), axis);
      add_stage_text(sheet_, stage, x + stage.width() / 2, text_y, Anchor::middle);
      last_ = {left_of(i, x) + stage.body + 3, axis};
      aside_ = std::round(x + stage.width() + 8);
      const double next = x + stage.width() + volume_gap;
      if (i + 1 < end) add_arrow(sheet_, {last_, {left_of(i + 1, next) - 3, axis}});
      x = next;
    }
    return text_y + static_cast<double>(lines - 1) * stage_line;
  }

  /// x of the first volume of a stage whose room begins at `x`.
  double left_of(std::size_t stage, double x) const {
    return std::round(x + (stages_[stage].width() - stages_[stage].body) / 2);
  }

  /// A connection above a stage whose first volume is at `left`. One from an earlier stage leaves the arrow
  /// to this stage, one from a volume that is left out leaves the dots.
  void add_connection(const Stage& stage, const Skip& skip, double left, double axis) {
    constexpr double aside_of_middle = 3;  // where one ends and the next begins
    const auto to = std::ranges::find(stage.parts, skip.to, &Stage::Part::node);
    if (to == stage.parts.end()) return;
    const auto middle = [&](const Stage::Part& part) {
      return std::round(left + part.x + part.size.width() / 2);
    };
    const auto top = [&](const Stage::Part& part) { return axis - part.size.height() / 2; };
    const double y = std::round(axis - stage.high / 2 - over - track * static_cast<double>(skip.level)) + 0.5;
    const auto from = std::ranges::find(stage.parts, skip.from, &Stage::Part::node);
    Point begin{left - volume_gap / 2, axis};
    if (from != stage.parts.end())
      begin = {middle(*from) + aside_of_middle, top(*from)};
    else if (skip.from >= stage.parts[0].node && !stage.dots.empty())
      begin = {left + stage.dots.back(), axis - stage.high / 2};
    add_skip(sheet_, begin, {middle(*to) - aside_of_middle, top(*to)}, y);
  }

  /// The arrow from the end of a row, at the height `between`, to the beginning of the next, whose first
  /// volume is at `left`.
  void add_return(double left, double between, double axis) {
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
  std::vector<std::vector<Skip>> skips_;  // by stage
  Point last_{};                          // end of the last volume
  double aside_ = 0;                      // x right of its stage
};

}  // namespace

Scene draw_volumes(const NetworkGraph& given, bool compact) {
  const bool chain = is_chain(given);
  const std::optional<NetworkGraph> skipping = chain ? std::nullopt : chain_with_skips(given);
  if (!chain && !skipping)
    throw Error(
        ErrorKind::usage,
        fmt::format("{}: is neither a chain of layers nor one with connections that skip layers of one "
                    "resolution",
                    given.title),
        "--layout graph draws every model");
  const NetworkGraph& graph = skipping ? *skipping : given;
  compact = compact || skipping;
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
  Legend legend = compact ? compact_legend(graph) : graph_legend(graph);
  if (skipping) legend.add(std::string(skips_remark));
  y = add_legend(sheet, legend, sheet.margin, y, sheet.scene.width - 2 * sheet.margin);
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
