#include "nv/render/graph/columns.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "nv/core/index.h"

namespace nv::render {

namespace {

/// Ranks of a source: from the one that makes it (-1: above all) to the last that uses it.
struct SourceSpan {
  int from = -1, to = -1;
};

struct Ranked {
  std::vector<int> rank;  // by box
  int count = 0;
  std::map<int, SourceSpan> spans;  // by source
};

Ranked ranked(const Level& level) {
  std::vector<LayoutNode> nodes;
  for (const LevelBox& box : level.boxes)
    nodes.push_back({box.width, box.height, LayoutNode::Place::anywhere});
  std::vector<LayoutEdge> edges;
  for (const LevelWire& wire : level.wires)
    if (const auto made = level.made_by.find(wire.source); made != level.made_by.end())
      edges.push_back({made->second, wire.to, 0, 0});
  Ranked result;
  result.rank = ranks_of(nodes, edges);
  for (const int r : result.rank) result.count = std::max(result.count, r + 1);
  for (const auto& [source, box] : level.made_by)
    result.spans[source] = {result.rank[as_index(box)], result.rank[as_index(box)]};
  for (const LevelWire& wire : level.wires) {
    SourceSpan& span = result.spans[wire.source];
    span.to = std::max(span.to, result.rank[as_index(wire.to)]);
  }
  for (const int source : level.leaving) result.spans[source].to = result.count;
  return result;
}

/// The ranks at which columns begin, chosen so that columns are about equally high and few wires go between
/// them.
std::vector<int> breaks(const Level& level, const Ranked& ranks, int columns, double between) {
  constexpr double price = 0.08;  // cost of a further wire between columns, in squares of relative height
  const int n = ranks.count;
  std::vector<double> sum(as_index(n) + 1, 0);
  for (int r = 0; r < n; ++r) {
    double height = 0;
    for (std::size_t b = 0; b < level.boxes.size(); ++b)
      if (ranks.rank[b] == r) height = std::max(height, level.boxes[b].height);
    sum[as_index(r) + 1] = sum[as_index(r)] + height + between;
  }
  std::vector<int> crossing(as_index(n), 0);  // sources between rank r - 1 and r
  for (const auto& entry : ranks.spans)
    for (int r = std::max(0, entry.second.from + 1); r <= std::min(n - 1, entry.second.to); ++r)
      ++crossing[as_index(r)];
  const double mean = sum[as_index(n)] / columns;
  const auto misfit = [&](int from, int to) {
    const double off = (sum[as_index(to)] - sum[as_index(from)]) / mean - 1;
    return off * off + (from > 0 ? price * std::max(0, crossing[as_index(from)] - 1) : 0);
  };
  // best[c][r]: least cost of c columns that end before rank r.
  const double none = std::numeric_limits<double>::infinity();
  std::vector<std::vector<double>> best(as_index(columns) + 1, std::vector<double>(as_index(n) + 1, none));
  std::vector<std::vector<int>> begin(as_index(columns) + 1, std::vector<int>(as_index(n) + 1, 0));
  best[0][0] = 0;
  for (int c = 1; c <= columns; ++c)
    for (int to = c; to <= n; ++to)
      for (int from = c - 1; from < to; ++from)
        if (const double cost = best[as_index(c) - 1][as_index(from)] + misfit(from, to);
            cost < best[as_index(c)][as_index(to)]) {
          best[as_index(c)][as_index(to)] = cost;
          begin[as_index(c)][as_index(to)] = from;
        }
  std::vector<int> starts(as_index(columns));
  for (int c = columns, to = n; c > 0; --c) to = starts[as_index(c) - 1] = begin[as_index(c)][as_index(to)];
  return starts;
}

/// One column: its boxes laid out between ports above and below.
struct Column {
  std::vector<int> boxes;    // indices in the level
  std::vector<int> in, out;  // sources from the column before and to the next
  LayeredLayout layout;
  std::map<int, double> in_x, out_x;
};

double offset(const std::map<int, double>& ports, int source, double width) {
  const auto port = ports.find(source);
  return port == ports.end() ? 0 : port->second - width / 2;
}

/// The sources that pass between the column of ranks [from, to) and its neighbours.
void find_ports(Column& column, const Ranked& ranks, int from, int to, bool last) {
  for (const auto& [source, span] : ranks.spans) {
    if (span.from < from && span.to >= from) column.in.push_back(source);
    if (span.from < to && (last ? span.to >= ranks.count : span.to >= to)) column.out.push_back(source);
  }
}

void lay_out(Column& column, const Level& level, const FlowStyle& style, std::vector<Wire>& wires) {
  std::vector<LayoutNode> nodes;
  std::vector<LayoutEdge> edges;
  std::vector<bool> arrives;
  std::map<int, int> port, place;  // by source; by box: the index in `nodes`
  const double thin = style.spacing.wire;
  for (const int source : column.in) {
    port[source] = static_cast<int>(nodes.size());
    nodes.push_back({thin, 0, LayoutNode::Place::first});
  }
  for (const int box : column.boxes) {
    place[box] = static_cast<int>(nodes.size());
    nodes.push_back(
        {level.boxes[as_index(box)].width, level.boxes[as_index(box)].height, LayoutNode::Place::anywhere});
  }
  const auto join = [&](int source, int to, double to_offset, bool arriving) {
    const auto entry = port.find(source);
    LayoutEdge edge{0, to, 0, to_offset};
    if (entry != port.end()) {
      edge.from = entry->second;
    } else {
      const LevelBox& box = level.boxes[as_index(level.made_by.at(source))];
      edge.from = place.at(level.made_by.at(source));
      edge.from_offset = offset(box.out, source, box.width);
    }
    edges.push_back(edge);
    arrives.push_back(arriving);
  };
  for (const LevelWire& wire : level.wires) {
    const auto to = place.find(wire.to);
    if (to == place.end()) continue;
    const LevelBox& box = level.boxes[as_index(wire.to)];
    join(wire.source, to->second, offset(box.in, wire.source, box.width), box.in.empty());
  }
  const std::size_t first_out = nodes.size();
  for (const int source : column.out) {
    join(source, static_cast<int>(nodes.size()), 0, false);
    nodes.push_back({thin, 0, LayoutNode::Place::last});
  }
  column.layout = layered(nodes, edges, style.spacing);
  for (const auto& [source, node] : port) column.in_x[source] = column.layout.centres[as_index(node)].x;
  for (std::size_t i = 0; i < column.out.size(); ++i)
    column.out_x[column.out[i]] = column.layout.centres[first_out + i].x;
  for (std::size_t e = 0; e < edges.size(); ++e)
    wires.push_back({std::move(column.layout.routes[e]), arrives[e]});
}

/// Pairs of sources whose order at the top of a column differs from that below the column before.
int inversions(const std::map<int, double>& out_x, const std::map<int, double>& in_x) {
  int count = 0;
  for (const auto& a : out_x)
    for (const auto& b : out_x)
      if (a.second < b.second && in_x.at(a.first) > in_x.at(b.first)) ++count;
  return count;
}

/// Exchanges left and right, so that wires from the column before cross less.
void mirror(Column& column, std::vector<Wire>& wires) {
  const double width = column.layout.width;
  for (Point& p : column.layout.centres) p.x = width - p.x;
  for (Wire& wire : wires)
    for (Point& p : wire.points) p.x = width - p.x;
  for (std::map<int, double>* ports : {&column.in_x, &column.out_x})
    for (auto& entry : *ports) entry.second = width - entry.second;
}

/// Sources in order of x.
std::vector<int> from_left(const std::map<int, double>& x) {
  std::vector<int> sources;
  for (const auto& entry : x) sources.push_back(entry.first);
  std::sort(sources.begin(), sources.end(), [&x](int a, int b) { return x.at(a) < x.at(b); });
  return sources;
}

/// All columns of a level, laid out, and their positions.
struct Columns {
  std::vector<Column> all;
  std::vector<std::vector<Wire>> pieces;  // wires, by column
  std::vector<double> left;               // x, by column
  double tracks = 0;                      // px above the columns for wires between them
};

/// Ports of frames have fixed places, so that a column with frames cannot be mirrored.
bool has_frames(const Column& column, const Level& level) {
  return std::any_of(column.boxes.begin(), column.boxes.end(), [&level](int b) {
    return !level.boxes[as_index(b)].in.empty() || !level.boxes[as_index(b)].out.empty();
  });
}

Columns columns_of(const Level& level, const Ranked& ranks, const std::vector<int>& starts,
                   const FlowStyle& style) {
  Columns columns;
  columns.all.resize(starts.size());
  columns.pieces.resize(starts.size());
  std::size_t most_wires = 0;
  for (std::size_t c = 0; c < starts.size(); ++c) {
    Column& column = columns.all[c];
    const int from = starts[c], to = c + 1 < starts.size() ? starts[c + 1] : ranks.count;
    for (std::size_t b = 0; b < level.boxes.size(); ++b)
      if (ranks.rank[b] >= from && ranks.rank[b] < to) column.boxes.push_back(static_cast<int>(b));
    find_ports(column, ranks, from, to, c + 1 == starts.size());
    lay_out(column, level, style, columns.pieces[c]);
    if (c == 0) continue;
    most_wires = std::max(most_wires, column.in.size());
    const int crossed = inversions(columns.all[c - 1].out_x, column.in_x);
    const auto pairs = static_cast<int>(column.in.size() * (column.in.size() - 1) / 2);
    if (2 * crossed > pairs && !has_frames(column, level)) mirror(column, columns.pieces[c]);
  }
  columns.tracks = most_wires == 0 ? 0 : static_cast<double>(most_wires) * style.track + 4;
  double x = 0;
  for (const Column& column : columns.all) {
    columns.left.push_back(x);
    x += column.layout.width + style.gutter + static_cast<double>(column.out.size()) * style.track;
  }
  return columns;
}

/// Boxes and wires of column `c`.
void place_column(LevelLayout& layout, Columns& columns, std::size_t c, const Level& level) {
  const Column& column = columns.all[c];
  for (Wire& wire : columns.pieces[c]) {
    for (Point& p : wire.points) p = {p.x + columns.left[c], p.y + columns.tracks};
    layout.wires.push_back(std::move(wire));
  }
  const std::size_t first = column.in.size();
  for (std::size_t i = 0; i < column.boxes.size(); ++i) {
    const LevelBox& box = level.boxes[as_index(column.boxes[i])];
    const Point centre = column.layout.centres[first + i];
    layout.corners[as_index(column.boxes[i])] = {centre.x - box.width / 2 + columns.left[c],
                                                 centre.y - box.height / 2 + columns.tracks};
  }
}

/// Wires from column `c` to the next: down, to the right below the column, up between the columns, and over
/// the next. They are nested and do not cross.
void join_columns(LevelLayout& layout, const Columns& columns, std::size_t c, const FlowStyle& style) {
  const Column& column = columns.all[c];
  const std::vector<int> sources = from_left(column.out_x);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const double inner = static_cast<double>(sources.size() - 1 - i) * style.track;
    const double x0 = columns.left[c] + column.out_x.at(sources[i]),
                 y0 = columns.tracks + column.layout.height;
    const double x1 = columns.left[c + 1] + columns.all[c + 1].in_x.at(sources[i]);
    const double below = y0 + 4 + inner;
    const double between = columns.left[c] + column.layout.width + style.gutter / 2 + inner;
    const double above = columns.tracks - 4 - static_cast<double>(i) * style.track;
    layout.wires.push_back(
        {{{x0, y0}, {x0, below}, {between, below}, {between, above}, {x1, above}, {x1, columns.tracks}},
         false});
  }
}

/// Wires that enter the level from above and leave it below.
void add_level_ports(LevelLayout& layout, const Columns& columns) {
  for (const auto& [source, px] : columns.all.front().in_x) {
    const double x = columns.left[0] + px;
    layout.in[source] = x;
    if (columns.tracks > 0) layout.wires.push_back({{{x, 0}, {x, columns.tracks}}, false});
  }
  for (const auto& [source, px] : columns.all.back().out_x) {
    const double x = columns.left.back() + px, end = columns.tracks + columns.all.back().layout.height;
    layout.out[source] = x;
    if (layout.height > end) layout.wires.push_back({{{x, end}, {x, layout.height}}, false});
  }
}

}  // namespace

LevelLayout columned(const Level& level, int columns, const FlowStyle& style) {
  const Ranked ranks = ranked(level);
  columns = std::clamp(columns, 1, std::max(1, ranks.count));
  Columns all = columns_of(level, ranks, breaks(level, ranks, columns, style.spacing.between), style);
  LevelLayout layout;
  layout.corners.resize(level.boxes.size());
  layout.width = all.left.back() + all.all.back().layout.width;
  for (const Column& column : all.all)
    layout.height = std::max(
        layout.height, all.tracks + column.layout.height + (&column == &all.all.back() ? 0 : all.tracks));
  for (std::size_t c = 0; c < all.all.size(); ++c) {
    place_column(layout, all, c, level);
    if (c + 1 < all.all.size()) join_columns(layout, all, c, style);
  }
  add_level_ports(layout, all);
  return layout;
}

}  // namespace nv::render
