#include "nv/figures/model/repeats.h"

#include <doctest/doctest.h>

#include "nv/analysis/families.h"

using namespace nv;
using namespace nv::figures;

namespace {

using Lines = std::vector<std::string>;

/// A graph whose nodes have these short texts, and a name each.
NetworkGraph graph_of(const Lines& texts, std::vector<std::pair<int, int>> edges) {
  NetworkGraph graph;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    GraphNode node;
    node.name = "layer_" + std::to_string(i);
    node.brief = texts[i];
    node.shape = "8 × 8 × 16";
    graph.nodes.push_back(node);
  }
  graph.edges = std::move(edges);
  return graph;
}

Lines texts_of(const NetworkGraph& graph) {
  Lines texts;
  for (const GraphNode& node : graph.nodes) texts.push_back(node.brief);
  return texts;
}

Lines lines_of(const Lines& items) {
  Lines lines;
  for (const RunLine& line : run_lines(items)) lines.push_back(line.text);
  return lines;
}

GraphNode weighted(const std::string& brief, const std::string& note) {
  GraphNode node;
  node.brief = brief;
  node.note = note;
  node.family = static_cast<int>(LayerFamily::convolution);
  return node;
}

}  // namespace

TEST_CASE("equal items in succession are one run, also pairs and triples of items") {
  CHECK(lines_of({"a", "b", "b", "b", "c"}) == Lines{"a", "3 × b", "c"});
  CHECK(lines_of({"a", "b", "a", "b", "a"}) == Lines{"2 × (a,", "b)", "a"});
  CHECK(lines_of({"a", "b", "b", "a", "b", "b"}) == Lines{"2 × (a,", "b,", "b)"});
  CHECK(lines_of({"stem", "a", "a", "b", "+", "a", "b", "+", "a", "b", "+"}) ==
        Lines{"stem", "a", "3 × (a,", "b,", "+)"});  // not 2 × a
  CHECK(lines_of({}).empty());
  CHECK(run_lines(Lines{"a", "a", "b"})[1].item == 2);
}

TEST_CASE("runs cover every item once, in order") {
  const Lines items{"a", "a", "b", "c", "b", "c", "d", "d", "d", "d", "a"};
  std::size_t next = 0;
  for (const Run& run : runs_of(items)) {
    CHECK(run.begin == next);
    next = run.end();
    for (std::size_t i = run.begin + run.period; i < next; ++i) CHECK(items[i] == items[i - run.period]);
  }
  CHECK(next == items.size());
}

TEST_CASE("the note that most layers have is left out, others and its absence are written") {
  NetworkGraph graph;
  graph.nodes = {weighted("conv3-8", "bn, relu"), weighted("conv3-8", "bn, relu"), weighted("conv1-8", ""),
                 weighted("conv1-2", "softmax")};
  const std::string usual = usual_note(graph);
  CHECK(usual == "bn, relu");
  CHECK(compact_text(graph.nodes[0], usual) == "conv3-8");
  CHECK(compact_text(graph.nodes[2], usual) == "conv1-8, linear");
  CHECK(compact_text(graph.nodes[3], usual) == "conv1-2, softmax");
  CHECK(usual_kinds(graph) == Lines{"conv"});
  GraphNode sum;
  sum.brief = "add";
  sum.note = "relu";
  CHECK(compact_text(sum, usual) == "add, relu");
}

TEST_CASE("equal residual blocks in succession are drawn once, in a frame that counts them") {
  // Input, three blocks of two layers and a sum, a last layer.
  const NetworkGraph graph =
      graph_of({"in", "x", "y", "add", "x", "y", "add", "x", "y", "add", "out"}, {{0, 1},
                                                                                  {0, 3},
                                                                                  {1, 2},
                                                                                  {2, 3},
                                                                                  {3, 4},
                                                                                  {3, 6},
                                                                                  {4, 5},
                                                                                  {5, 6},
                                                                                  {6, 7},
                                                                                  {6, 9},
                                                                                  {7, 8},
                                                                                  {8, 9},
                                                                                  {9, 10}});
  const NetworkGraph drawn = grouped(graph);
  CHECK(texts_of(drawn) == Lines{"in", "x", "y", "add", "out"});
  REQUIRE(drawn.frames.size() == 1);
  CHECK(drawn.frames[0].name == "3 ×");
  for (std::size_t i = 0; i < 5; ++i) CHECK((drawn.nodes[i].frame == 0) == (i > 0 && i < 4));
  CHECK(drawn.edges == std::vector<std::pair<int, int>>{{0, 1}, {0, 3}, {1, 2}, {2, 3}, {3, 4}});
}

TEST_CASE("parts that differ in an edge or a shape are not equal") {
  // The second block has no edge around it.
  const NetworkGraph edge =
      graph_of({"in", "x", "y", "x", "y", "out"}, {{0, 1}, {0, 2}, {1, 2}, {2, 3}, {3, 4}, {4, 5}});
  CHECK(grouped(edge).nodes.size() == 6);
  NetworkGraph shape = graph_of({"in", "x", "x"}, {{0, 1}, {1, 2}});
  CHECK(grouped(shape).nodes.size() == 2);
  shape.nodes[2].shape = "4 × 4 × 16";
  CHECK(grouped(shape).nodes.size() == 3);
  shape.nodes[2].shape = "8 × 8 × 32";  // as of concatenations
  REQUIRE(grouped(shape).nodes.size() == 2);
  CHECK(grouped(shape).nodes[1].shape == "8 × 8 × 16…32");
}

TEST_CASE("an edge over several parts keeps them from being drawn once") {
  const NetworkGraph graph = graph_of({"in", "x", "x", "x", "add"}, {{0, 1}, {0, 4}, {1, 2}, {2, 3}, {3, 4}});
  CHECK(grouped(graph).nodes.size() == 5);
}
