#include "nv/render/graph.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"
#include "nv/render/graph_layout.h"
#include "support.h"

using namespace nv;
using namespace nv::render;
using namespace nv::render::test;

namespace {

GraphNode node(const std::string& name, int frame = -1) {
  GraphNode n;
  n.name = name;
  n.kind = "Conv2D 3 × 3";
  n.note = "+ bn, relu";
  n.shape = "28 × 28 × 64";
  n.weight = "1.2 k par.";
  n.family = 1;
  n.volume = {28, 28, 64};
  n.frame = frame;
  return n;
}

Graph graph_of(std::size_t count, std::vector<std::pair<int, int>> edges) {
  Graph graph;
  graph.title = "model.h5";
  graph.kind = "Functional";
  graph.families = {"input", "convolution"};
  for (std::size_t i = 0; i < count; ++i) graph.nodes.push_back(node("layer_" + std::to_string(i)));
  graph.edges = std::move(edges);
  return graph;
}

Graph chain_of(int count) {
  std::vector<std::pair<int, int>> edges;
  for (int i = 0; i + 1 < count; ++i) edges.emplace_back(i, i + 1);
  return graph_of(static_cast<std::size_t>(count), edges);
}

/// Blocks of three layers with an edge around each.
Graph residual(int blocks) {
  Graph graph = chain_of(4 * blocks + 1);
  for (int b = 0; b < blocks; ++b) graph.edges.emplace_back(4 * b, 4 * b + 4);
  return graph;
}

FlowLayout laid_out(const Graph& graph, const FlowRoom& room) {
  std::vector<FlowNode> nodes;
  for (const GraphNode& n : graph.nodes) nodes.push_back({150, 46, n.frame});
  std::vector<FlowFrame> frames;
  for (const GraphFrame& f : graph.frames) frames.push_back({f.parent});
  return flow_layout(nodes, graph.edges, frames, room, {});
}

bool within(const FlowBox& inner, const FlowBox& outer) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width &&
         inner.y + inner.height <= outer.y + outer.height;
}

bool overlap(const FlowBox& a, const FlowBox& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

}  // namespace

TEST_CASE("a chain is drawn as volumes that say what they are") {
  const Graph graph = chain_of(5);
  REQUIRE(is_chain(graph));
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(all<Polygon>(scene).size() >= 15);  // three sides each
  for (const char* words :
       {"layer_3", "Conv2D 3 × 3", "+ bn, relu", "28 × 28 × 64", "1.2 k par.", "convolution", "log scale"})
    CHECK_MESSAGE(says(scene, words), words);
}

TEST_CASE("a long chain goes on in the next row, and no row is wider than the page") {
  Graph graph = chain_of(30);
  for (const double width : {400.0, 1000.0}) {
    graph.page.width = width;
    const Scene scene = draw(graph);
    check_tidy(scene);
    CHECK(scene.width <= width);
  }
}

TEST_CASE("larger volumes are larger, by the logarithm") {
  Graph graph = chain_of(2);
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

TEST_CASE("branches make it a graph of boxes, with every layer on it") {
  const Graph graph = residual(3);
  CHECK(!is_chain(graph));
  const Scene scene = draw(graph);
  check_tidy(scene);
  for (const GraphNode& n : graph.nodes) CHECK_MESSAGE(says(scene, n.name), n.name);
}

TEST_CASE("a deep graph is cut into columns that fit a page") {
  const Graph graph = residual(16);
  const FlowLayout free = laid_out(graph, {});
  CHECK(free.width / free.height > 0.4);
  CHECK(free.width / free.height < 1.6);
  FlowRoom room;
  room.exact = true;
  for (const double width : {400.0, 800.0, 2000.0}) {
    room.width = width;
    CHECK(laid_out(graph, room).width <= width);
  }
}

TEST_CASE("boxes lie apart, inside their frames, and others outside") {
  Graph graph = chain_of(10);
  graph.frames = {{"outer", -1}, {"inner", 0}};
  for (const int i : {2, 3, 4, 5, 6}) graph.nodes[static_cast<std::size_t>(i)].frame = 0;
  for (const int i : {3, 4}) graph.nodes[static_cast<std::size_t>(i)].frame = 1;
  graph.edges.emplace_back(0, 9);
  const FlowLayout layout = laid_out(graph, {});
  CHECK(within(layout.frames[1], layout.frames[0]));
  for (std::size_t i = 0; i < 10; ++i) {
    const int frame = graph.nodes[i].frame;
    INFO(i);
    CHECK(within(layout.nodes[i], layout.frames[0]) == (frame >= 0));
    CHECK(overlap(layout.nodes[i], layout.frames[1]) == (frame == 1));
    for (std::size_t k = i + 1; k < 10; ++k) CHECK(!overlap(layout.nodes[i], layout.nodes[k]));
  }
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(says(scene, "inner"));
}

TEST_CASE("frames that lead into one another in a circle are left out") {
  Graph graph = chain_of(4);
  graph.frames = {{"a", -1}, {"b", -1}};
  for (std::size_t i = 0; i < 4; ++i) graph.nodes[i].frame = static_cast<int>(i % 2);
  const FlowLayout layout = laid_out(graph, {});
  CHECK(layout.frames[0].width == 0);
  CHECK_NOTHROW(draw(graph));
}

TEST_CASE("every edge arrives once at its box") {
  const Graph graph = residual(16);
  const FlowLayout layout = laid_out(graph, {});
  std::size_t arriving = 0;
  for (const Wire& wire : layout.wires) {
    if (!wire.arrives) continue;
    ++arriving;
    const Point end = wire.points.back();
    const bool at_a_box = std::any_of(layout.nodes.begin(), layout.nodes.end(), [end](const FlowBox& b) {
      return std::abs(end.y - b.y) < 1e-6 && std::abs(end.x - b.x - b.width / 2) < 1e-6;
    });
    CHECK(at_a_box);
  }
  CHECK(arriving == graph.edges.size());
}

TEST_CASE("graphs that lead nowhere are refused") {
  CHECK_THROWS_AS(draw(Graph{}), Error);
  CHECK_THROWS_AS(draw(graph_of(2, {{1, 0}})), Error);
  CHECK_THROWS_AS(draw(graph_of(2, {{0, 2}})), Error);
  CHECK_THROWS_AS(draw_volumes(residual(1)), Error);
  Graph framed = chain_of(2);
  framed.nodes[0].frame = 3;
  CHECK_THROWS_AS(draw(framed), Error);
}
