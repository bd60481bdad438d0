#include "nv/render/graph/layered.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/index.h"
#include "nv/render/graph/ranked_graph.h"

namespace nv::render {

namespace {

constexpr long long most_pieces = 200'000;  // of long edges

/// The graph with a passing node in every rank that an edge crosses.
struct Pieces {
  RankedGraph graph;
  std::vector<std::vector<int>> paths;  ///< by edge: its nodes from above to below
};

Pieces split_graph(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges,
                   const std::vector<int>& ranks) {
  long long count = 0;
  for (const LayoutEdge& e : edges) count += ranks[as_index(e.to)] - ranks[as_index(e.from)];
  if (count > most_pieces)
    throw Error(ErrorKind::output,
                fmt::format("a graph of {} nodes with edges this long cannot be drawn", nodes.size()),
                "inspect --dot, for Graphviz");
  Pieces pieces;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    pieces.graph.add(nodes[i].width, false, ranks[i]);
    pieces.graph.in_order[i] = nodes[i].place == LayoutNode::Place::anywhere;
  }
  for (const LayoutEdge& e : edges)
    pieces.graph.in_order[as_index(e.to)] = false;  // only nodes without predecessors
  for (const LayoutEdge& e : edges) {
    std::vector<int> path{e.from};
    for (int r = ranks[as_index(e.from)] + 1; r < ranks[as_index(e.to)]; ++r)
      path.push_back(pieces.graph.add(0, true, r));
    path.push_back(e.to);
    for (std::size_t i = 0; i + 1 < path.size(); ++i) pieces.graph.join(path[i], path[i + 1]);
    pieces.paths.push_back(std::move(path));
  }
  return pieces;
}

/// Top and bottom of every rank.
struct Rows {
  std::vector<double> top, bottom;
};

Rows rows_of(std::span<const LayoutNode> nodes, const std::vector<int>& ranks, std::size_t count,
             double between) {
  std::vector<double> heights(count, 0);
  for (std::size_t i = 0; i < nodes.size(); ++i)
    heights[as_index(ranks[i])] = std::max(heights[as_index(ranks[i])], nodes[i].height);
  Rows rows;
  double y = 0;
  for (const double height : heights) {
    rows.top.push_back(y);
    rows.bottom.push_back(y + height);
    y += height + between;
  }
  return rows;
}

}  // namespace

void add_bend(std::vector<Point>& route, Point a, Point b) {
  constexpr int steps = 10;
  if (std::abs(a.x - b.x) < 0.5) {
    route.push_back(b);
    return;
  }
  for (int i = 1; i <= steps; ++i) {
    const double t = static_cast<double>(i) / steps, s = t * t * (3 - 2 * t);
    // A cubic Bezier curve with its control points at half the height.
    const double y = 1.5 * t * (1 - t) * (1 - t) + 1.5 * t * t * (1 - t) + t * t * t;
    route.push_back({a.x + (b.x - a.x) * s, a.y + (b.y - a.y) * y});
  }
}

std::vector<int> ranks_of(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges) {
  using Place = LayoutNode::Place;
  const std::size_t n = nodes.size();
  std::vector<std::vector<int>> above(n), below(n);
  for (const LayoutEdge& e : edges) {
    above[as_index(e.to)].push_back(e.from);
    below[as_index(e.from)].push_back(e.to);
  }
  std::vector<int> ranks(n, 0);
  const auto any = [&nodes](Place place) {
    return std::any_of(nodes.begin(), nodes.end(), [place](const LayoutNode& v) { return v.place == place; });
  };
  const int first = any(Place::first) ? 1 : 0;
  int last = first - 1;
  for (std::size_t v = 0; v < n; ++v) {
    if (nodes[v].place != Place::anywhere) continue;
    ranks[v] = first;
    for (const int u : above[v]) ranks[v] = std::max(ranks[v], ranks[as_index(u)] + 1);
    last = std::max(last, ranks[v]);
  }
  if (any(Place::last)) ++last;
  for (std::size_t v = n; v-- > 0;) {
    if (nodes[v].place == Place::last) ranks[v] = last;
    if (nodes[v].place != Place::anywhere || !above[v].empty() || below[v].empty()) continue;
    int first_user = last;
    for (const int w : below[v]) first_user = std::min(first_user, ranks[as_index(w)]);
    ranks[v] = std::max(ranks[v], first_user - 1);
  }
  return ranks;
}

LayeredLayout layered(std::span<const LayoutNode> nodes, std::span<const LayoutEdge> edges,
                      const LayoutSpacing& spacing) {
  LayeredLayout layout;
  if (nodes.empty()) return layout;
  const std::vector<int> ranks = ranks_of(nodes, edges);
  Pieces pieces = split_graph(nodes, edges, ranks);
  reduce_crossings(pieces.graph);
  std::vector<double> x = place_nodes(pieces.graph, spacing.beside, spacing.wire);
  const Rows rows = rows_of(nodes, ranks, pieces.graph.order.size(), spacing.between);
  double left = x[0], right = x[0];
  for (std::size_t v = 0; v < x.size(); ++v) {
    left = std::min(left, x[v] - pieces.graph.width[v] / 2);
    right = std::max(right, x[v] + pieces.graph.width[v] / 2);
  }
  for (double& one : x) one -= left;
  layout.width = right - left;
  layout.height = rows.bottom.back();
  for (std::size_t v = 0; v < nodes.size(); ++v)
    layout.centres.push_back({x[v], (rows.top[as_index(ranks[v])] + rows.bottom[as_index(ranks[v])]) / 2});
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const std::vector<int>& path = pieces.paths[e];
    const LayoutNode& from = nodes[as_index(edges[e].from)];
    const LayoutNode& to = nodes[as_index(edges[e].to)];
    const Point start = layout.centres[as_index(edges[e].from)], end = layout.centres[as_index(edges[e].to)];
    const double out = start.x + edges[e].from_offset, in = end.x + edges[e].to_offset;
    std::vector<Point> route{{out, start.y + from.height / 2}};
    const auto straight = [&route](Point p) {
      if (std::abs(route.back().y - p.y) > 1e-9) route.push_back(p);
    };
    straight({out, rows.bottom[as_index(ranks[as_index(path.front())])]});
    for (std::size_t i = 1; i < path.size(); ++i) {
      const int rank = pieces.graph.rank[as_index(path[i])];
      const bool arrives = i + 1 == path.size();
      const double px = arrives ? in : x[as_index(path[i])];
      add_bend(route, route.back(), {px, rows.top[as_index(rank)]});
      straight({px, arrives ? end.y - to.height / 2 : rows.bottom[as_index(rank)]});
    }
    layout.routes.push_back(std::move(route));
  }
  return layout;
}

}  // namespace nv::render
