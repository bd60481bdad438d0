#include "nv/figures/model/network_graph.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

GraphNode node(const std::string& name, int frame = -1) {
  GraphNode n;
  n.name = name;
  n.kind = "Conv2D 3 × 3";
  n.note = "+ bn, relu";
  n.shape = "28 × 28 × 64";
  n.parameters = "1.2 k par.";
  n.family = 1;
  n.volume = {28, 28, 64};
  n.frame = frame;
  return n;
}

NetworkGraph graph_of(std::size_t count, std::vector<std::pair<int, int>> edges) {
  NetworkGraph graph;
  graph.title = "model.h5";
  graph.kind = "Functional";
  graph.families = {"input", "convolution"};
  for (std::size_t i = 0; i < count; ++i) graph.nodes.push_back(node("layer_" + std::to_string(i)));
  graph.edges = std::move(edges);
  return graph;
}

NetworkGraph chain_of(int count) {
  std::vector<std::pair<int, int>> edges;
  for (int i = 0; i + 1 < count; ++i) edges.emplace_back(i, i + 1);
  return graph_of(static_cast<std::size_t>(count), edges);
}

/// Blocks of three layers with an edge around each.
NetworkGraph residual(int blocks) {
  NetworkGraph graph = chain_of(4 * blocks + 1);
  for (int b = 0; b < blocks; ++b) graph.edges.emplace_back(4 * b, 4 * b + 4);
  return graph;
}

}  // namespace

TEST_CASE("a chain is drawn as labelled volumes") {
  const NetworkGraph graph = chain_of(5);
  REQUIRE(is_chain(graph));
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(all<Polygon>(scene).size() >= 15);  // three sides each
  for (const char* words :
       {"layer_3", "Conv2D 3 × 3", "+ bn, relu", "28 × 28 × 64", "1.2 k par.", "convolution", "log scale"})
    CHECK_MESSAGE(has_text(scene, words), words);
}

TEST_CASE("a long chain goes on in the next row, and no row is wider than the page") {
  NetworkGraph graph = chain_of(30);
  for (const double width : {400.0, 1000.0}) {
    graph.page.width = width;
    const Scene scene = draw(graph);
    check_tidy(scene);
    CHECK(scene.width <= width);
  }
}

TEST_CASE("volumes are drawn on a logarithmic scale") {
  NetworkGraph graph = chain_of(2);
  graph.nodes[1].volume = {1, 28, 64};
  const std::vector<Polygon> sides = all<Polygon>(draw(graph));
  std::vector<double> heights;  // of the fronts, that are drawn last of a volume
  for (const Polygon& p : sides)
    if (p.points.size() == 4 && p.points[0].y == p.points[1].y && p.points[0].x == p.points[3].x)
      heights.push_back(p.points[3].y - p.points[0].y);
  REQUIRE(heights.size() == 2);
  CHECK(heights[0] > 4 * heights[1]);
  CHECK(heights[0] < 6 * heights[1]);
}

TEST_CASE("a graph with branches is drawn as boxes, one per layer") {
  const NetworkGraph graph = residual(3);
  CHECK(!is_chain(graph));
  const Scene scene = draw(graph);
  check_tidy(scene);
  for (const GraphNode& n : graph.nodes) CHECK_MESSAGE(has_text(scene, n.name), n.name);
}

TEST_CASE("nested frames are drawn with their names") {
  NetworkGraph graph = chain_of(10);
  graph.frames = {{"outer", -1}, {"inner", 0}};
  for (const int i : {2, 3, 4, 5, 6}) graph.nodes[static_cast<std::size_t>(i)].frame = 0;
  for (const int i : {3, 4}) graph.nodes[static_cast<std::size_t>(i)].frame = 1;
  graph.edges.emplace_back(0, 9);
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(has_text(scene, "outer"));
  CHECK(has_text(scene, "inner"));
}

TEST_CASE("graphs with indices out of range are refused") {
  CHECK_THROWS_AS(draw(NetworkGraph{}), Error);
  CHECK_THROWS_AS(draw(graph_of(2, {{1, 0}})), Error);
  CHECK_THROWS_AS(draw(graph_of(2, {{0, 2}})), Error);
  CHECK_THROWS_AS(draw_volumes(residual(1)), Error);
  NetworkGraph framed = chain_of(2);
  framed.nodes[0].frame = 3;
  CHECK_THROWS_AS(draw(framed), Error);
}
