#include "nv/render/graph/layered.h"

#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "nv/core/error.h"
#include "nv/render/graph/ranked_graph.h"

using namespace nv::render;

namespace {

constexpr LayoutNode::Place anywhere = LayoutNode::Place::anywhere;

std::vector<LayoutNode> boxes(std::size_t count) {
  return std::vector<LayoutNode>(count, LayoutNode{100, 40, anywhere});
}

std::vector<LayoutEdge> edges_of(std::initializer_list<std::pair<int, int>> list) {
  std::vector<LayoutEdge> edges;
  for (const auto& [from, to] : list) edges.push_back({from, to, 0, 0});
  return edges;
}

/// No box touches another, all lie within the layout.
void check_apart(const std::vector<LayoutNode>& nodes, const LayeredLayout& layout) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Point a = layout.centres[i];
    CHECK(a.x - nodes[i].width / 2 >= -1e-6);
    CHECK(a.x + nodes[i].width / 2 <= layout.width + 1e-6);
    CHECK(a.y + nodes[i].height / 2 <= layout.height + 1e-6);
    for (std::size_t k = i + 1; k < nodes.size(); ++k) {
      const Point b = layout.centres[k];
      const bool apart = std::abs(a.x - b.x) >= (nodes[i].width + nodes[k].width) / 2 - 1e-6 ||
                         std::abs(a.y - b.y) >= (nodes[i].height + nodes[k].height) / 2 - 1e-6;
      CHECK_MESSAGE(apart, i, " and ", k);
    }
  }
}

}  // namespace

TEST_CASE("a chain stands in one line, and its edges are straight") {
  const auto nodes = boxes(4);
  const auto edges = edges_of({{0, 1}, {1, 2}, {2, 3}});
  const LayeredLayout layout = layered(nodes, edges, {});
  CHECK(layout.width == doctest::Approx(100));
  for (std::size_t i = 1; i < 4; ++i) {
    CHECK(layout.centres[i].x == doctest::Approx(layout.centres[0].x));
    CHECK(layout.centres[i].y > layout.centres[i - 1].y);
  }
  for (const auto& route : layout.routes)
    for (const Point& p : route) CHECK(p.x == doctest::Approx(50));
}

TEST_CASE("edges go down from box to box") {
  const auto nodes = boxes(6);
  const auto edges = edges_of({{0, 1}, {0, 2}, {1, 3}, {2, 3}, {0, 4}, {3, 5}, {4, 5}, {0, 5}});
  const LayeredLayout layout = layered(nodes, edges, {});
  check_apart(nodes, layout);
  for (std::size_t e = 0; e < edges.size(); ++e) {
    const std::vector<Point>& route = layout.routes[e];
    CHECK(route.front().y == doctest::Approx(layout.centres[static_cast<std::size_t>(edges[e].from)].y + 20));
    CHECK(route.back().y == doctest::Approx(layout.centres[static_cast<std::size_t>(edges[e].to)].y - 20));
    for (std::size_t i = 1; i < route.size(); ++i) CHECK(route[i].y >= route[i - 1].y - 1e-6);
  }
}

TEST_CASE("the edge past a residual block runs straight beside it") {
  // 0 -> 1 -> 2 -> 3 -> 4, and 0 -> 4.
  const auto nodes = boxes(5);
  const auto edges = edges_of({{0, 1}, {1, 2}, {2, 3}, {3, 4}, {0, 4}});
  const LayeredLayout layout = layered(nodes, edges, {});
  check_apart(nodes, layout);
  const std::vector<Point>& skip = layout.routes[4];
  const double x = layout.centres[2].x, upper = layout.centres[1].y - 20, lower = layout.centres[3].y + 20;
  double beside = -1;
  for (const Point& p : skip) {
    if (p.y < upper || p.y > lower) continue;
    CHECK(std::abs(p.x - x) > 50);  // outside the boxes
    if (beside < 0) beside = p.x;
    CHECK(p.x == doctest::Approx(beside));
  }
  CHECK(beside >= 0);
  CHECK(layout.centres[1].x == doctest::Approx(layout.centres[3].x));
}

TEST_CASE("avoidable crossings are removed") {
  // Two ranks joined the wrong way round: 0-5, 1-4, 2-3.
  RankedGraph graph;
  for (int i = 0; i < 6; ++i) graph.add(10, false, i / 3);
  for (int i = 0; i < 3; ++i) graph.join(i, 5 - i);
  CHECK(crossings(graph) == 3);
  reduce_crossings(graph);
  CHECK(crossings(graph) == 0);
}

TEST_CASE("crossings are counted: K(3,3) has nine") {
  RankedGraph graph;
  for (int i = 0; i < 6; ++i) graph.add(10, false, i / 3);
  for (int i = 0; i < 3; ++i)
    for (int k = 3; k < 6; ++k) graph.join(i, k);
  CHECK(crossings(graph) == 9);
}

TEST_CASE("ports are in the first and the last rank, and nodes without inputs just before their user") {
  auto nodes = boxes(5);
  nodes[0].place = LayoutNode::Place::first;
  nodes[4].place = LayoutNode::Place::last;
  const auto edges = edges_of({{0, 1}, {1, 3}, {2, 3}, {0, 4}});
  CHECK(ranks_of(nodes, edges) == std::vector<int>{0, 1, 1, 2, 3});
}

TEST_CASE("nodes without predecessors keep their order, even if that costs a crossing") {
  // 0, 1, 2 are inputs of 4, 3 and 3; without the order 0 would stand at the right.
  const auto nodes = boxes(6);
  const auto edges = edges_of({{0, 4}, {1, 3}, {2, 3}, {0, 5}, {3, 5}, {4, 5}});
  const LayeredLayout layout = layered(nodes, edges, {});
  check_apart(nodes, layout);
  CHECK(layout.centres[0].x < layout.centres[1].x);
  CHECK(layout.centres[1].x < layout.centres[2].x);
  const auto crossed = edges_of({{0, 4}, {1, 3}, {3, 5}, {4, 5}});
  const LayeredLayout two = layered(boxes(6), crossed, {});
  CHECK(two.centres[0].x < two.centres[1].x);
}

TEST_CASE("any graph is laid out: boxes apart, the same way each time") {
  std::minstd_rand random(7);
  for (int round = 0; round < 40; ++round) {
    const std::size_t count = 2 + random() % 40;
    std::vector<LayoutNode> nodes;
    for (std::size_t i = 0; i < count; ++i)
      nodes.push_back(
          {40.0 + static_cast<double>(random() % 120), 20.0 + static_cast<double>(random() % 40), anywhere});
    std::vector<LayoutEdge> edges;
    for (std::size_t i = 0; i < count * 3 / 2; ++i) {
      const auto a = static_cast<int>(random() % count), b = static_cast<int>(random() % count);
      if (a != b) edges.push_back({std::min(a, b), std::max(a, b), 0, 0});
    }
    INFO("round ", round);
    const LayeredLayout layout = layered(nodes, edges, {});
    check_apart(nodes, layout);
    const LayeredLayout again = layered(nodes, edges, {});
    for (std::size_t i = 0; i < count; ++i) CHECK(layout.centres[i].x == again.centres[i].x);
  }
}

TEST_CASE("edges too long to draw are an error, without allocating memory for them") {
  const std::size_t count = 3000;
  const auto nodes = boxes(count);
  std::vector<LayoutEdge> edges;
  for (int i = 0; i + 1 < static_cast<int>(count); ++i) {
    edges.push_back({i, i + 1, 0, 0});
    edges.push_back({i, static_cast<int>(count) - 1, 0, 0});
  }
  CHECK_THROWS_AS(layered(nodes, edges, {}), nv::Error);
}

TEST_CASE("an empty graph has an empty layout") {
  CHECK(layered({}, {}, {}).centres.empty());
}
