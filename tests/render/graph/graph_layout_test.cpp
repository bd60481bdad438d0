#include "nv/render/graph/graph_layout.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace nv::render;

namespace {

struct Flow {
  std::vector<FlowNode> nodes;
  std::vector<std::pair<int, int>> edges;
  std::vector<FlowFrame> frames = {};
};

Flow chain_of(int count) {
  Flow flow;
  flow.nodes.assign(static_cast<std::size_t>(count), {150, 46, -1});
  for (int i = 0; i + 1 < count; ++i) flow.edges.emplace_back(i, i + 1);
  return flow;
}

/// Blocks of three layers with an edge around each.
Flow residual(int blocks) {
  Flow flow = chain_of(4 * blocks + 1);
  for (int b = 0; b < blocks; ++b) flow.edges.emplace_back(4 * b, 4 * b + 4);
  return flow;
}

FlowLayout laid_out(const Flow& flow, const FlowRoom& room = {}) {
  return flow_layout(flow.nodes, flow.edges, flow.frames, room, {});
}

bool within(const FlowBox& inner, const FlowBox& outer) {
  return inner.x >= outer.x && inner.y >= outer.y && inner.x + inner.width <= outer.x + outer.width &&
         inner.y + inner.height <= outer.y + outer.height;
}

bool overlap(const FlowBox& a, const FlowBox& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

}  // namespace

TEST_CASE("a deep graph is cut into columns that fit a page") {
  const Flow flow = residual(16);
  const FlowLayout free = laid_out(flow);
  CHECK(free.width / free.height > 0.4);
  CHECK(free.width / free.height < 1.6);
  FlowRoom room;
  room.exact = true;
  for (const double width : {400.0, 800.0, 2000.0}) {
    room.width = width;
    CHECK(laid_out(flow, room).width <= width);
  }
}

TEST_CASE("boxes lie apart, inside their frames, and others outside") {
  Flow flow = chain_of(10);
  flow.frames = {{-1}, {0}};
  for (const std::size_t i : {2U, 3U, 4U, 5U, 6U}) flow.nodes[i].frame = 0;
  for (const std::size_t i : {3U, 4U}) flow.nodes[i].frame = 1;
  flow.edges.emplace_back(0, 9);
  const FlowLayout layout = laid_out(flow);
  CHECK(within(layout.frames[1], layout.frames[0]));
  for (std::size_t i = 0; i < 10; ++i) {
    const int frame = flow.nodes[i].frame;
    INFO(i);
    CHECK(within(layout.nodes[i], layout.frames[0]) == (frame >= 0));
    CHECK(overlap(layout.nodes[i], layout.frames[1]) == (frame == 1));
    for (std::size_t k = i + 1; k < 10; ++k) CHECK(!overlap(layout.nodes[i], layout.nodes[k]));
  }
}

TEST_CASE("frames with edges between them in both directions are left out") {
  Flow flow = chain_of(4);
  flow.frames = {{-1}, {-1}};
  for (std::size_t i = 0; i < 4; ++i) flow.nodes[i].frame = static_cast<int>(i % 2);
  CHECK(laid_out(flow).frames[0].width == 0);
}

TEST_CASE("every edge arrives once at its box") {
  const Flow flow = residual(16);
  const FlowLayout layout = laid_out(flow);
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
  CHECK(arriving == flow.edges.size());
}
