#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "nv/core/index.h"

#include "nv/render/graph/ranked_graph.h"

namespace nv::render {

namespace {

using Pair = std::pair<int, int>;

/// Edges that cross one between two passing nodes; they are not aligned, so that long edges stay straight.
std::set<Pair> conflicts(const RankedGraph& graph) {
  std::set<Pair> marked;
  for (std::size_t r = 1; r < graph.order.size(); ++r) {
    const std::vector<int>& row = graph.order[r];
    int left = 0;
    std::size_t scanned = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const int v = row[i];
      int inner = -1;  // the passing node above, if v is one too
      if (graph.passing[as_index(v)])
        for (const int u : graph.above[as_index(v)])
          if (graph.passing[as_index(u)]) inner = u;
      if (inner < 0 && i + 1 < row.size()) continue;
      const int right =
          inner >= 0 ? graph.place[as_index(inner)] : static_cast<int>(graph.order[r - 1].size()) - 1;
      for (; scanned <= i; ++scanned)
        for (const int u : graph.above[as_index(row[scanned])]) {
          const int place = graph.place[as_index(u)];
          const bool is_inner = graph.passing[as_index(u)] && graph.passing[as_index(row[scanned])];
          if ((place < left || place > right) && !is_inner) marked.insert({u, row[scanned]});
        }
      left = right;
    }
  }
  return marked;
}

/// One of the four layouts. Ranks and places are mirrored so that it is computed from the top, to the left.
class Alignment {
 public:
  Alignment(const RankedGraph& graph, bool from_below, bool from_right, double gap, double wire)
      : graph_(graph),
        gap_(gap),
        wire_(wire),
        from_right_(from_right),
        near_(from_below ? graph.below : graph.above) {
    rows_ = graph.order;
    if (from_below) std::reverse(rows_.begin(), rows_.end());
    place_.resize(as_index(graph.size()));
    for (std::vector<int>& row : rows_) {
      if (from_right) std::reverse(row.begin(), row.end());
      for (std::size_t i = 0; i < row.size(); ++i) place_[as_index(row[i])] = static_cast<int>(i);
    }
  }

  std::vector<double> places(const std::set<Pair>& marked) {
    align(marked);
    std::vector<double> x = compacted();
    if (from_right_)
      for (double& value : x) value = -value;
    return x;
  }

 private:
  /// Joins each node with a median neighbour into blocks that share their x.
  void align(const std::set<Pair>& marked) {
    root_.resize(as_index(graph_.size()));
    next_.resize(as_index(graph_.size()));
    for (int v = 0; v < graph_.size(); ++v) root_[as_index(v)] = next_[as_index(v)] = v;
    for (std::size_t r = 1; r < rows_.size(); ++r) {
      int last = -1;  // place of the neighbour joined last: blocks must not cross
      for (const int v : rows_[r]) {
        std::vector<int> near = near_[as_index(v)];
        std::sort(near.begin(), near.end(),
                  [this](int a, int b) { return place_[as_index(a)] < place_[as_index(b)]; });
        if (near.empty()) continue;
        for (const std::size_t m : {(near.size() - 1) / 2, near.size() / 2}) {
          const int u = near[m];
          if (next_[as_index(v)] != v || place_[as_index(u)] <= last) continue;
          if (marked.count({u, v}) > 0 || marked.count({v, u}) > 0) continue;
          next_[as_index(u)] = v;
          root_[as_index(v)] = root_[as_index(u)];
          next_[as_index(v)] = root_[as_index(v)];
          last = place_[as_index(u)];
        }
      }
    }
  }

  double apart(int left, int right) const {
    const bool loose = graph_.passing[as_index(left)] || graph_.passing[as_index(right)];
    return (graph_.width[as_index(left)] + graph_.width[as_index(right)]) / 2 + (loose ? wire_ : gap_);
  }

  /// The least x of every block, then moved right up to its right neighbours.
  std::vector<double> compacted() const {
    struct Bound {
      int block;
      double distance;
    };
    std::vector<std::vector<Bound>> left(as_index(graph_.size())), right(as_index(graph_.size()));
    std::vector<int> waiting(as_index(graph_.size()), 0);
    for (const std::vector<int>& row : rows_)
      for (std::size_t i = 1; i < row.size(); ++i) {
        const int a = root_[as_index(row[i - 1])], b = root_[as_index(row[i])];
        const double distance = apart(row[i - 1], row[i]);
        left[as_index(b)].push_back({a, distance});
        right[as_index(a)].push_back({b, distance});
        ++waiting[as_index(b)];
      }
    std::vector<int> sorted;
    for (int v = 0; v < graph_.size(); ++v)
      if (root_[as_index(v)] == v && waiting[as_index(v)] == 0) sorted.push_back(v);
    std::vector<double> x(as_index(graph_.size()), 0);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const int block = sorted[i];
      for (const Bound& b : left[as_index(block)])
        x[as_index(block)] = std::max(x[as_index(block)], x[as_index(b.block)] + b.distance);
      for (const Bound& b : right[as_index(block)])
        if (--waiting[as_index(b.block)] == 0) sorted.push_back(b.block);
    }
    for (std::size_t i = sorted.size(); i-- > 0;) {
      const int block = sorted[i];
      double most = std::numeric_limits<double>::infinity();
      for (const Bound& b : right[as_index(block)]) most = std::min(most, x[as_index(b.block)] - b.distance);
      if (most < std::numeric_limits<double>::infinity())
        x[as_index(block)] = std::max(x[as_index(block)], most);
    }
    std::vector<double> of_node(as_index(graph_.size()));
    for (int v = 0; v < graph_.size(); ++v) of_node[as_index(v)] = x[as_index(root_[as_index(v)])];
    return of_node;
  }

  const RankedGraph& graph_;
  double gap_, wire_;
  bool from_right_;
  const std::vector<std::vector<int>>& near_;
  std::vector<std::vector<int>> rows_;
  std::vector<int> place_, root_, next_;
};

struct Extent {
  double lo = std::numeric_limits<double>::infinity(), hi = -std::numeric_limits<double>::infinity();
};

Extent extent(const RankedGraph& graph, const std::vector<double>& x) {
  Extent e;
  for (int v = 0; v < graph.size(); ++v) {
    e.lo = std::min(e.lo, x[as_index(v)] - graph.width[as_index(v)] / 2);
    e.hi = std::max(e.hi, x[as_index(v)] + graph.width[as_index(v)] / 2);
  }
  return e;
}

}  // namespace

std::vector<double> place_nodes(const RankedGraph& graph, double gap, double wire) {
  if (graph.size() == 0) return {};
  const std::set<Pair> marked = conflicts(graph);
  std::array<std::vector<double>, 4> layouts;
  std::array<Extent, 4> extents;
  std::size_t narrowest = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    layouts[i] = Alignment(graph, i >= 2, i % 2 == 1, gap, wire).places(marked);
    extents[i] = extent(graph, layouts[i]);
    if (extents[i].hi - extents[i].lo < extents[narrowest].hi - extents[narrowest].lo) narrowest = i;
  }
  // The others are aligned with the narrowest: left edges for layouts to the left, else right edges.
  for (std::size_t i = 0; i < 4; ++i) {
    const double shift =
        i % 2 == 0 ? extents[narrowest].lo - extents[i].lo : extents[narrowest].hi - extents[i].hi;
    for (double& x : layouts[i]) x += shift;
  }
  std::vector<double> x(as_index(graph.size()));
  for (int v = 0; v < graph.size(); ++v) {
    std::array<double, 4> four{layouts[0][as_index(v)], layouts[1][as_index(v)], layouts[2][as_index(v)],
                               layouts[3][as_index(v)]};
    std::sort(four.begin(), four.end());
    x[as_index(v)] = (four[1] + four[2]) / 2;
  }
  return x;
}

}  // namespace nv::render
