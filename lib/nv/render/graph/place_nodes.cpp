#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

#include "nv/render/graph/ranked_graph.h"

namespace nv::render {

namespace {

using Pair = std::pair<int, int>;

std::size_t at(int i) {
  return static_cast<std::size_t>(i);
}

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
      if (graph.passing[at(v)])
        for (const int u : graph.above[at(v)])
          if (graph.passing[at(u)]) inner = u;
      if (inner < 0 && i + 1 < row.size()) continue;
      const int right = inner >= 0 ? graph.place[at(inner)] : static_cast<int>(graph.order[r - 1].size()) - 1;
      for (; scanned <= i; ++scanned)
        for (const int u : graph.above[at(row[scanned])]) {
          const int place = graph.place[at(u)];
          const bool is_inner = graph.passing[at(u)] && graph.passing[at(row[scanned])];
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
    place_.resize(at(graph.size()));
    for (std::vector<int>& row : rows_) {
      if (from_right) std::reverse(row.begin(), row.end());
      for (std::size_t i = 0; i < row.size(); ++i) place_[at(row[i])] = static_cast<int>(i);
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
    root_.resize(at(graph_.size()));
    next_.resize(at(graph_.size()));
    for (int v = 0; v < graph_.size(); ++v) root_[at(v)] = next_[at(v)] = v;
    for (std::size_t r = 1; r < rows_.size(); ++r) {
      int last = -1;  // place of the neighbour joined last: blocks must not cross
      for (const int v : rows_[r]) {
        std::vector<int> near = near_[at(v)];
        std::sort(near.begin(), near.end(), [this](int a, int b) { return place_[at(a)] < place_[at(b)]; });
        if (near.empty()) continue;
        for (const std::size_t m : {(near.size() - 1) / 2, near.size() / 2}) {
          const int u = near[m];
          if (next_[at(v)] != v || place_[at(u)] <= last) continue;
          if (marked.count({u, v}) > 0 || marked.count({v, u}) > 0) continue;
          next_[at(u)] = v;
          root_[at(v)] = root_[at(u)];
          next_[at(v)] = root_[at(v)];
          last = place_[at(u)];
        }
      }
    }
  }

  double apart(int left, int right) const {
    const bool loose = graph_.passing[at(left)] || graph_.passing[at(right)];
    return (graph_.width[at(left)] + graph_.width[at(right)]) / 2 + (loose ? wire_ : gap_);
  }

  /// The least x of every block, then moved right up to its right neighbours.
  std::vector<double> compacted() const {
    struct Bound {
      int block;
      double distance;
    };
    std::vector<std::vector<Bound>> left(at(graph_.size())), right(at(graph_.size()));
    std::vector<int> waiting(at(graph_.size()), 0);
    for (const std::vector<int>& row : rows_)
      for (std::size_t i = 1; i < row.size(); ++i) {
        const int a = root_[at(row[i - 1])], b = root_[at(row[i])];
        const double distance = apart(row[i - 1], row[i]);
        left[at(b)].push_back({a, distance});
        right[at(a)].push_back({b, distance});
        ++waiting[at(b)];
      }
    std::vector<int> sorted;
    for (int v = 0; v < graph_.size(); ++v)
      if (root_[at(v)] == v && waiting[at(v)] == 0) sorted.push_back(v);
    std::vector<double> x(at(graph_.size()), 0);
    for (std::size_t i = 0; i < sorted.size(); ++i) {
      const int block = sorted[i];
      for (const Bound& b : left[at(block)])
        x[at(block)] = std::max(x[at(block)], x[at(b.block)] + b.distance);
      for (const Bound& b : right[at(block)])
        if (--waiting[at(b.block)] == 0) sorted.push_back(b.block);
    }
    for (std::size_t i = sorted.size(); i-- > 0;) {
      const int block = sorted[i];
      double most = std::numeric_limits<double>::infinity();
      for (const Bound& b : right[at(block)]) most = std::min(most, x[at(b.block)] - b.distance);
      if (most < std::numeric_limits<double>::infinity()) x[at(block)] = std::max(x[at(block)], most);
    }
    std::vector<double> of_node(at(graph_.size()));
    for (int v = 0; v < graph_.size(); ++v) of_node[at(v)] = x[at(root_[at(v)])];
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
    e.lo = std::min(e.lo, x[at(v)] - graph.width[at(v)] / 2);
    e.hi = std::max(e.hi, x[at(v)] + graph.width[at(v)] / 2);
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
  std::vector<double> x(at(graph.size()));
  for (int v = 0; v < graph.size(); ++v) {
    std::array<double, 4> four{layouts[0][at(v)], layouts[1][at(v)], layouts[2][at(v)], layouts[3][at(v)]};
    std::sort(four.begin(), four.end());
    x[at(v)] = (four[1] + four[2]) / 2;
  }
  return x;
}

}  // namespace nv::render
