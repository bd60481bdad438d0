// Steps of the layered layout, on a graph whose edges all connect neighbouring ranks. For layered.cpp.
#pragma once

#include <vector>

namespace nv::render {

/// Nodes in ranks; those that represent a piece of a long edge are `passing`.
struct RankedGraph {
  std::vector<double> width;
  std::vector<bool> passing;
  std::vector<int> rank;
  std::vector<std::vector<int>> above, below;  ///< neighbours in the rank before and after
  std::vector<std::vector<int>> order;         ///< by rank: nodes from left to right
  std::vector<int> place;                      ///< of a node in its rank
  std::vector<bool> in_order;  ///< nodes that stay left of those with higher numbers, if both are

  int size() const { return static_cast<int>(width.size()); }
  int add(double node_width, bool is_passing, int node_rank);
  void join(int from, int to);
  void renumber(std::vector<int>& of_rank);
};

/// Orders every rank so that few edges cross: sweeps by medians (Gansner and others 1993, "dot") and
/// exchanges of neighbours; the best order met is kept.
void reduce_crossings(RankedGraph& graph);

/// Crossings of edges between all ranks.
long long crossings(const RankedGraph& graph);

/// x of every node's middle (Brandes and Koepf 2001): long edges run straight, nodes stand below the middle
/// of their neighbours, at least `gap` px (`wire` px around passing edges) lie between.
std::vector<double> place_nodes(const RankedGraph& graph, double gap, double wire);

}  // namespace nv::render
