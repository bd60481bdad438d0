#include "nv/figures/model/skips.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/core/index.h"
#include "nv/figures/model/repeats.h"
#include "nv/figures/model/stage.h"

namespace nv::figures {

namespace {

constexpr std::size_t most_bypass = 2;  // layers on a connection that skips others

/// Sources and targets of each node.
struct Links {
  std::vector<std::vector<int>> from, to;

  explicit Links(const NetworkGraph& graph) : from(graph.nodes.size()), to(graph.nodes.size()) {
    for (const auto& [a, b] : graph.edges) {
      from[as_index(b)].push_back(a);
      to[as_index(a)].push_back(b);
    }
  }
};

NetworkGraph without_padding(const NetworkGraph& graph) {
  const Links links(graph);
  NetworkGraph result = graph;
  result.nodes.clear();
  result.edges.clear();
  std::vector<int> number(graph.nodes.size());  // of the node, or of the one before the padding
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].brief == "pad" && links.from[i].size() == 1) {
      number[i] = number[as_index(links.from[i][0])];
      continue;
    }
    number[i] = static_cast<int>(result.nodes.size());
    for (const int source : links.from[i]) result.edges.emplace_back(number[as_index(source)], number[i]);
    result.nodes.push_back(graph.nodes[i]);
  }
  if (result.nodes.size() < graph.nodes.size()) result.remarks.emplace_back("padding is not drawn");
  return result;
}

/// The nodes of the longest path to the last node. Nodes are in topological order.
std::vector<int> longest_path(const Links& links) {
  const std::size_t n = links.from.size();
  std::vector<int> length(n, 0), before(n, -1);
  for (std::size_t i = 0; i < n; ++i)
    for (const int source : links.from[i])
      if (length[as_index(source)] + 1 > length[i]) {
        length[i] = length[as_index(source)] + 1;
        before[i] = source;
      }
  std::vector<int> path;
  for (int i = static_cast<int>(n) - 1; i >= 0; i = before[as_index(i)]) path.push_back(i);
  std::reverse(path.begin(), path.end());
  return path;
}

bool has_one_input_and_output(const Links& links) {
  const auto none = [](const std::vector<int>& list) { return list.empty(); };
  return std::count_if(links.from.begin(), links.from.end(), none) == 1 &&
         std::count_if(links.to.begin(), links.to.end(), none) == 1;
}

/// A connection from one node of the path to another, and the nodes on it.
struct Connection {
  int from = 0;
  std::vector<int> nodes;
};

/// Follows the inputs of a node back to the path; nullopt if they branch or are too many.
std::optional<Connection> connection_from(const Links& links, const std::vector<int>& place, int source) {
  Connection connection;
  while (place[as_index(source)] < 0) {
    if (links.from[as_index(source)].size() != 1 || links.to[as_index(source)].size() != 1)
      return std::nullopt;
    connection.nodes.insert(connection.nodes.begin(), source);
    if (connection.nodes.size() > most_bypass) return std::nullopt;
    source = links.from[as_index(source)][0];
  }
  connection.from = place[as_index(source)];
  return connection;
}

}  // namespace

std::optional<NetworkGraph> chain_with_skips(const NetworkGraph& whole) {
  if (!whole.frames.empty() || whole.nodes.empty()) return std::nullopt;
  const NetworkGraph graph = without_padding(whole);
  const Links links(graph);
  if (!has_one_input_and_output(links)) return std::nullopt;
  const std::vector<int> path = longest_path(links);
  std::vector<int> place(graph.nodes.size(), -1);
  for (std::size_t i = 0; i < path.size(); ++i) place[as_index(path[i])] = static_cast<int>(i);
  const std::string usual = usual_note(graph);
  NetworkGraph result = graph;
  result.nodes.clear();
  result.edges.clear();
  std::vector<int> resolution;      // number of each node's run of equal height and width
  std::size_t drawn = path.size();  // nodes of the graph that the result shows
  for (std::size_t i = 0; i < path.size(); ++i) {
    result.nodes.push_back(graph.nodes[as_index(path[i])]);
    const bool changed = i > 0 && !same_map(result.nodes[i - 1], result.nodes[i]);
    resolution.push_back(i == 0 ? 0 : resolution.back() + (changed ? 1 : 0));
    const std::vector<int>& sources = links.from[as_index(path[i])];
    if (sources.size() > 2) return std::nullopt;
    for (const int source : sources) {
      const auto connection = connection_from(links, place, source);
      if (!connection) return std::nullopt;
      const int to = static_cast<int>(i);
      if (resolution[as_index(connection->from + 1)] != resolution[i]) return std::nullopt;
      result.edges.emplace_back(connection->from, to);
      std::vector<std::string> texts;
      for (const int node : connection->nodes)
        texts.push_back(compact_text(graph.nodes[as_index(node)], usual));
      if (!texts.empty()) result.nodes[i].brief += fmt::format(" (skip: {})", fmt::join(texts, ", "));
      drawn += texts.size();
    }
  }
  if (drawn != graph.nodes.size()) return std::nullopt;
  return result;
}

}  // namespace nv::figures
