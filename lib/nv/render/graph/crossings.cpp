#include <algorithm>
#include <cstdint>
#include <numeric>

#include "nv/render/graph/ranked_graph.h"

namespace nv::render {

namespace {

constexpr int sweeps = 16;

/// Crossings among the edges from `rank` to the next: inversions of their lower ends, counted with a tree of
/// sums (Barth, Juenger and Mutzel 2002).
long long crossings_below(const RankedGraph& graph, std::size_t rank) {
  if (rank + 1 >= graph.order.size()) return 0;
  std::vector<int> ends;
  for (const int v : graph.order[rank]) {
    const std::size_t first = ends.size();
    for (const int w : graph.below[static_cast<std::size_t>(v)])
      ends.push_back(graph.place[static_cast<std::size_t>(w)]);
    std::sort(ends.begin() + static_cast<std::ptrdiff_t>(first), ends.end());
  }
  const std::size_t size = graph.order[rank + 1].size();
  std::vector<int> sums(size + 1, 0);  // a Fenwick tree indexed by place
  long long count = 0;
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const auto place = static_cast<std::size_t>(ends[i]);
    int not_right = 0;
    for (std::size_t k = place + 1; k > 0; k -= k & (~k + 1)) not_right += sums[k];
    count += static_cast<int>(i) - not_right;
    for (std::size_t k = place + 1; k <= size; k += k & (~k + 1)) ++sums[k];
  }
  return count;
}

/// Twice the median place of the neighbours; of an even number, between the two middle ones and nearer to the
/// denser side. -1 if there are none.
double median(const RankedGraph& graph, const std::vector<int>& neighbours) {
  if (neighbours.empty()) return -1;
  std::vector<int> places;
  for (const int v : neighbours) places.push_back(graph.place[static_cast<std::size_t>(v)]);
  std::sort(places.begin(), places.end());
  const std::size_t n = places.size(), m = n / 2;
  if (n % 2 == 1) return 2 * places[m];
  if (n == 2) return places[0] + places[1];
  const double left = places[m - 1] - places[0], right = places[n - 1] - places[m];
  if (left + right == 0) return places[m - 1] + places[m];
  return 2 * (places[m - 1] * right + places[m] * left) / (left + right);
}

/// Sorts a rank by the medians of the neighbours on one side; nodes without neighbours keep their places.
void sort_by_median(RankedGraph& graph, std::size_t rank, const std::vector<std::vector<int>>& neighbours) {
  std::vector<int>& order = graph.order[rank];
  struct Keyed {
    double key;
    int node;
  };
  std::vector<Keyed> moving;
  for (const int v : order)
    if (const double key = median(graph, neighbours[static_cast<std::size_t>(v)]); key >= 0)
      moving.push_back({key, v});
  std::stable_sort(moving.begin(), moving.end(),
                   [](const Keyed& a, const Keyed& b) { return a.key < b.key; });
  std::size_t next = 0;
  for (int& v : order)
    if (!neighbours[static_cast<std::size_t>(v)].empty()) v = moving[next++].node;
  // Nodes that must be in order exchange their places.
  std::vector<int> ordered;
  for (const int v : order)
    if (graph.in_order[static_cast<std::size_t>(v)]) ordered.push_back(v);
  std::sort(ordered.begin(), ordered.end());
  next = 0;
  for (int& v : order)
    if (graph.in_order[static_cast<std::size_t>(v)]) v = ordered[next++];
  graph.renumber(order);
}

/// Crossings of the edges of `v` with those of `w` if v is left of w.
long long pair_crossings(const RankedGraph& graph, const std::vector<int>& of_v,
                         const std::vector<int>& of_w) {
  long long count = 0;
  for (const int a : of_v)
    for (const int b : of_w)
      count += graph.place[static_cast<std::size_t>(a)] > graph.place[static_cast<std::size_t>(b)] ? 1 : 0;
  return count;
}

/// Swaps adjacent nodes of a rank while that reduces crossings.
void exchange(RankedGraph& graph) {
  for (int round = 0, changed = 1; changed != 0 && round < 8; ++round) {
    changed = 0;
    for (std::vector<int>& order : graph.order)
      for (std::size_t i = 0; i + 1 < order.size(); ++i) {
        const auto v = static_cast<std::size_t>(order[i]), w = static_cast<std::size_t>(order[i + 1]);
        const long long now = pair_crossings(graph, graph.above[v], graph.above[w]) +
                              pair_crossings(graph, graph.below[v], graph.below[w]);
        const long long then = pair_crossings(graph, graph.above[w], graph.above[v]) +
                               pair_crossings(graph, graph.below[w], graph.below[v]);
        if (then >= now || (graph.in_order[v] && graph.in_order[w])) continue;
        std::swap(order[i], order[i + 1]);
        std::swap(graph.place[v], graph.place[w]);
        changed = 1;
      }
  }
}

}  // namespace

int RankedGraph::add(double node_width, bool is_passing, int node_rank) {
  const int number = size();
  width.push_back(node_width);
  passing.push_back(is_passing);
  in_order.push_back(false);
  rank.push_back(node_rank);
  above.emplace_back();
  below.emplace_back();
  if (order.size() <= static_cast<std::size_t>(node_rank))
    order.resize(static_cast<std::size_t>(node_rank) + 1);
  std::vector<int>& row = order[static_cast<std::size_t>(node_rank)];
  place.push_back(static_cast<int>(row.size()));
  row.push_back(number);
  return number;
}

void RankedGraph::join(int from, int to) {
  below[static_cast<std::size_t>(from)].push_back(to);
  above[static_cast<std::size_t>(to)].push_back(from);
}

void RankedGraph::renumber(std::vector<int>& of_rank) {
  for (std::size_t i = 0; i < of_rank.size(); ++i)
    place[static_cast<std::size_t>(of_rank[i])] = static_cast<int>(i);
}

long long crossings(const RankedGraph& graph) {
  long long count = 0;
  for (std::size_t rank = 0; rank < graph.order.size(); ++rank) count += crossings_below(graph, rank);
  return count;
}

void reduce_crossings(RankedGraph& graph) {
  std::vector<std::vector<int>> best = graph.order;
  long long least = crossings(graph);
  for (int sweep = 0; sweep < sweeps && least > 0; ++sweep) {
    const std::size_t ranks = graph.order.size();
    for (std::size_t i = 1; i < ranks; ++i) {
      if (sweep % 2 == 0)
        sort_by_median(graph, i, graph.above);
      else
        sort_by_median(graph, ranks - 1 - i, graph.below);
    }
    exchange(graph);
    if (const long long now = crossings(graph); now < least) {
      least = now;
      best = graph.order;
    }
  }
  graph.order = std::move(best);
  for (std::vector<int>& order : graph.order) graph.renumber(order);
}

}  // namespace nv::render
