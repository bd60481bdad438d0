// Chooses how a network is drawn.
#include "nv/core/error.h"
#include "nv/figures/model/network_graph.h"
#include "nv/figures/model/skips.h"

namespace nv::figures {

using namespace render;

namespace {

void check(const NetworkGraph& graph) {
  const auto nodes = static_cast<int>(graph.nodes.size()), frames = static_cast<int>(graph.frames.size());
  if (nodes == 0) throw_usage("{}: nothing to draw", graph.title);
  for (const auto& [from, to] : graph.edges)
    if (from < 0 || to >= nodes || from >= to)
      throw_usage("{}: an edge from {} to {}", graph.title, from, to);
  for (const GraphNode& node : graph.nodes)
    if (node.frame < -1 || node.frame >= frames) throw_usage("{}: {} is in no frame", graph.title, node.name);
  for (int f = 0; f < frames; ++f)
    if (const int parent = graph.frames[static_cast<std::size_t>(f)].parent; parent < -1 || parent >= f)
      throw_usage("{}: frame {} is in no frame", graph.title, f);
}

GraphLayout layout_of(const NetworkGraph& graph) {
  if (graph.layout != GraphLayout::automatic) return graph.layout;
  if (is_chain(graph)) return GraphLayout::volumes;
  if (is_u_shape(graph)) return GraphLayout::u;
  // A scale is one of volumes.
  return graph.linear && chain_with_skips(graph) ? GraphLayout::volumes : GraphLayout::boxes;
}

Scene draw(const NetworkGraph& graph, bool compact) {
  switch (layout_of(graph)) {
    case GraphLayout::volumes:
      return draw_volumes(graph, compact);
    case GraphLayout::u:
      return draw_u(graph);
    default:
      return draw_boxes(graph, compact);
  }
}

bool fits(const Scene& scene, const Page& page) {
  return page.height == 0 || (scene.height <= page.height && scene.width <= page.width);
}

}  // namespace

Scene draw(const NetworkGraph& graph) {
  check(graph);
  if (graph.detail == GraphDetail::compact) return draw(graph, true);
  Scene whole = draw(graph, false);
  if (graph.detail == GraphDetail::whole || fits(whole, graph.page)) return whole;
  Scene compact = draw(graph, true);
  return compact.height < whole.height ? compact : whole;
}

}  // namespace nv::figures
