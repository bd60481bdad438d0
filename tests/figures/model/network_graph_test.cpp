#include "nv/figures/model/network_graph.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "nv/analysis/families.h"
#include "nv/core/error.h"
#include "nv/figures/model/skips.h"
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
  n.note = "bn, relu";
  n.shape = "28 × 28 × 64";
  n.brief = "conv3-64";
  n.parameters = "2,416 par.";
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

/// Encoder and decoder of `levels` resolutions from 64 x 64 on, two layers each, with an edge between equal
/// ones.
NetworkGraph u_of(int levels) {
  NetworkGraph graph = chain_of(4 * levels - 2);
  for (int i = 0; i < 4 * levels - 2; ++i) {
    const int level = std::min(i / 2, (4 * levels - 3 - i) / 2);
    const std::int64_t side = 64 >> std::min(level, levels - 1);
    graph.nodes[static_cast<std::size_t>(i)].volume = {side, side, 8 << level};
  }
  for (int level = 0; level + 1 < levels; ++level)
    graph.edges.emplace_back(2 * level + 1, 4 * levels - 4 - 2 * level);
  return graph;
}

/// Heights of the fronts of the volumes.
std::vector<double> front_heights(const Scene& scene) {
  std::vector<double> heights;
  for (const Polygon& p : all<Polygon>(scene))
    if (p.points.size() == 4 && p.points[0].y == p.points[1].y && p.points[0].x == p.points[3].x)
      heights.push_back(p.points[3].y - p.points[0].y);
  return heights;
}

/// Number of different heights of texts that begin with `words`.
std::size_t baselines(const Scene& scene, std::string_view words) {
  std::set<double> heights;
  for (const Text& t : all<Text>(scene))
    if (t.text.starts_with(words)) heights.insert(t.y);
  return heights.size();
}

}  // namespace

TEST_CASE("a chain is drawn as labelled volumes") {
  const NetworkGraph graph = chain_of(5);
  REQUIRE(is_chain(graph));
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(all<Polygon>(scene).size() >= 15);  // three sides each
  for (const char* words :
       {"layer_3", "Conv2D 3 × 3", "+ bn, relu", "28 × 28 × 64", "2,416 par.", "convolution", "log scale"})
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
  const std::vector<double> heights = front_heights(draw(graph));
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

TEST_CASE("on a linear scale twice the size is twice as high") {
  NetworkGraph graph = chain_of(2);
  graph.linear = true;
  graph.nodes[0].volume = {64, 64, 8};
  graph.nodes[1].volume = {32, 32, 16};
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(has_text(scene, "linear scale"));
  std::vector<double> heights = front_heights(scene);
  REQUIRE(heights.size() == 2);
  CHECK(std::abs(heights[0] - 2 * heights[1]) <= 1);
}

TEST_CASE("compact: layers of one resolution stand side by side, counted and without names") {
  NetworkGraph graph = chain_of(5);
  graph.nodes[4].volume = {14, 14, 64};
  graph.detail = GraphDetail::compact;
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(front_heights(scene).size() == 5);
  for (const char* words : {"4 × conv3-64", "28 × 28", "14 × 14", "+ bn, relu, unless noted"})
    CHECK_MESSAGE(has_text(scene, words), words);
  CHECK(!has_text(scene, "layer_3"));
}

TEST_CASE("compact: of many equal layers three volumes are drawn, with an ellipsis") {
  NetworkGraph graph = chain_of(12);
  graph.detail = GraphDetail::compact;
  const Scene scene = draw(graph);
  CHECK(front_heights(scene).size() == 3);
  CHECK(has_text(scene, "12 × conv3-64"));
  CHECK(has_text(scene, "…"));
}

TEST_CASE("a figure that would be higher than its page is compact") {
  for (NetworkGraph graph : {chain_of(30), residual(12)}) {
    CHECK(has_text(draw(graph), "layer_7"));
    graph.page.height = 300;
    const Scene scene = draw(graph);
    check_tidy(scene);
    CHECK(!has_text(scene, "layer_7"));
    graph.detail = GraphDetail::whole;
    CHECK(has_text(draw(graph), "layer_7"));
  }
}

TEST_CASE("the number of columns can be chosen: volumes per row, columns of boxes") {
  NetworkGraph chain = chain_of(6);
  chain.columns = 2;
  const Scene rows = draw(chain);
  check_tidy(rows);
  CHECK(baselines(rows, "layer_") == 3);
  NetworkGraph graph = residual(6);
  graph.columns = 1;
  const double narrow = draw(graph).width;
  graph.columns = 3;
  CHECK(draw(graph).width > 1.5 * narrow);
  graph.page.exact = true;
  graph.page.width = 200;
  CHECK_THROWS_AS(draw(graph), Error);
}

TEST_CASE("compact: a chain of layers inside a graph is one box, equal blocks are drawn once") {
  NetworkGraph graph = residual(4);
  for (std::size_t i = 4; i < graph.nodes.size(); i += 4)
    graph.nodes[i].family = static_cast<int>(LayerFamily::merging);
  graph.detail = GraphDetail::compact;
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(has_text(scene, "4 ×"));
  CHECK(has_text(scene, "3 × conv3-64"));
  CHECK(has_text(scene, "equal parts in succession, drawn once"));
}

TEST_CASE("a residual network is drawn as volumes with an arc over each block") {
  NetworkGraph graph = residual(3);
  graph.layout = GraphLayout::volumes;
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(front_heights(scene).size() == 3);  // of 13 equal layers the first two and the last
  CHECK(has_text(scene, "13 × conv3-64"));
  CHECK(has_text(scene, "arcs: connections that skip layers"));
}

TEST_CASE("layers on a connection that skips others are named where it ends, padding is not drawn") {
  NetworkGraph graph = chain_of(7);  // 0 input, 1 pad, 2 and 3 the block, 4 its projection, 5 merge, 6 end
  graph.edges = {{0, 1}, {1, 2}, {2, 3}, {0, 4}, {3, 5}, {4, 5}, {5, 6}};
  graph.nodes[1].brief = "pad";
  graph.nodes[4].brief = "conv1-64";
  graph.nodes[5].brief = "add";
  graph.nodes[5].family = 0;
  graph.nodes[5].note = "";
  const auto chain = chain_with_skips(graph);
  REQUIRE(chain);
  CHECK(chain->nodes.size() == 5);
  CHECK(chain->edges == std::vector<std::pair<int, int>>{{0, 1}, {1, 2}, {2, 3}, {0, 3}, {3, 4}});
  CHECK(chain->nodes[3].brief == "add (skip: conv1-64)");
  graph.layout = GraphLayout::volumes;
  const Scene scene = draw(graph);
  check_tidy(scene);
  CHECK(has_text(scene, "padding is not drawn"));
}

TEST_CASE("what is more than a chain with skips is not drawn as volumes") {
  CHECK(chain_with_skips(chain_of(3))->edges.size() == 2);
  NetworkGraph inception = chain_of(6);  // three branches
  inception.edges = {{0, 1}, {0, 2}, {0, 3}, {1, 4}, {2, 4}, {3, 4}, {4, 5}};
  CHECK(!chain_with_skips(inception));
  CHECK(!chain_with_skips(u_of(3)));                        // skips changes of resolution
  CHECK(!chain_with_skips(graph_of(3, {{0, 2}, {1, 2}})));  // two inputs
  inception.layout = GraphLayout::volumes;
  CHECK_THROWS_AS(draw(inception), Error);
}

TEST_CASE("an encoder and a decoder are drawn as a U: one height per resolution, arcs between equal ones") {
  const NetworkGraph graph = u_of(3);
  REQUIRE(is_u_shape(graph));
  const Scene scene = draw(graph);
  check_tidy(scene);
  const std::vector<Text> sizes = [&scene] {
    std::vector<Text> found;
    for (const Text& t : all<Text>(scene))
      if (t.text == "64 × 64" || t.text == "16 × 16") found.push_back(t);
    return found;
  }();
  REQUIRE(sizes.size() == 3);
  CHECK(sizes[0].y == sizes[2].y);  // left and right arm
  CHECK(sizes[1].y > sizes[0].y + 100);
  CHECK(sizes[1].x > sizes[0].x);
  CHECK(sizes[1].x < sizes[2].x);
  CHECK(has_text(scene, "arcs: connections that skip layers"));
}

TEST_CASE("what is not shaped like a U is not drawn as one") {
  CHECK(!is_u_shape(chain_of(5)));
  CHECK(!is_u_shape(residual(2)));
  NetworkGraph across = u_of(2);  // between different resolutions
  across.edges.emplace_back(1, 3);
  CHECK(!is_u_shape(across));
  NetworkGraph unjoined = u_of(2);
  std::erase_if(unjoined.edges, [](const auto& edge) { return edge.second > edge.first + 1; });
  CHECK(!is_u_shape(unjoined));
  NetworkGraph graph = residual(2);
  graph.layout = GraphLayout::u;
  CHECK_THROWS_AS(draw(graph), Error);
}

TEST_CASE("graphs with indices out of range are refused") {
  CHECK_THROWS_AS(draw(NetworkGraph{}), Error);
  CHECK_THROWS_AS(draw(graph_of(2, {{1, 0}})), Error);
  CHECK_THROWS_AS(draw(graph_of(2, {{0, 2}})), Error);
  NetworkGraph framed = chain_of(2);
  framed.nodes[0].frame = 3;
  CHECK_THROWS_AS(draw(framed), Error);
}
