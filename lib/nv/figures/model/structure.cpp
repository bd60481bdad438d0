#include "nv/figures/model/structure.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "nv/analysis/captions.h"
#include "nv/analysis/families.h"
#include "nv/core/text.h"

namespace nv::figures {

namespace {

/// Inputs of nested models add nothing to the frame around the model.
bool is_inner_input(const Model& model, std::size_t node) {
  return !model.nodes[node].inputs.empty() &&
         family_of(model.layer_of(model.nodes[node]).kind) == LayerFamily::input;
}

/// "3 × 3", from "kernel_size" or "pool_size"; "" if the option is missing or not a list of integers.
std::string size_option(const nlohmann::ordered_json& config, const char* key) {
  const auto at = config.find(key);
  if (at == config.end() || !at->is_array()) return {};
  std::vector<std::string> sizes;
  for (const auto& n : *at) {
    if (!n.is_number_integer()) return {};
    sizes.push_back(std::to_string(n.get<std::int64_t>()));
  }
  return fmt::format("{}", fmt::join(sizes, " × "));
}

/// "Conv2D 3 × 3, /2": the kind with its window, and its stride if it is neither 1 nor the window.
std::string kind_text(const Inspection& in, std::size_t i) {
  const LayerSpec& spec = in.model.layer_of(in.model.nodes[i]);
  const NodeStructure& s = in.structure.nodes[i];
  std::string text = spec.kind;
  const LayerFamily family = family_of(spec.kind);
  const bool pools = family == LayerFamily::pooling;
  if (!pools && family != LayerFamily::convolution && family != LayerFamily::depthwise) return text;
  std::string size = size_option(spec.config.json(), pools ? "pool_size" : "kernel_size");
  if (!s.layer || s.inputs.empty()) return size.empty() ? text : text + " " + size;
  const std::optional<SpatialWindow> window = s.layer->window(s.inputs[0]);
  if (spec.kind.starts_with("Global")) return text;
  if (size.empty() && window) size = fmt::format("{} × {}", window->size[0], window->size[1]);
  if (!size.empty()) text += " " + size;
  if (!window || window->stride == std::array<std::int64_t, 2>{1, 1}) return text;
  if (pools && window->stride == window->size) return text;
  const auto [down, across] = window->stride;
  return text + (down == across ? fmt::format(", /{}", down) : fmt::format(", /{} × {}", down, across));
}

/// Height, width and channels of the output; further axes are multiplied into the width.
std::array<std::int64_t, 3> volume_of(const NodeStructure& s) {
  if (!s.output || s.output->rank() == 0) return {};
  const Shape& shape = *s.output;
  if (shape.rank() == 1) return {shape[0], 1, 1};
  const int channel = s.channels_first ? 0 : shape.rank() - 1;
  std::vector<std::int64_t> others;
  for (int a = 0; a < shape.rank(); ++a)
    if (a != channel) others.push_back(shape[a]);
  std::int64_t width = 1;
  for (std::size_t a = 1; a < others.size(); ++a) width *= std::clamp<std::int64_t>(others[a], 1, 1 << 20);
  return {others[0], width, shape[channel]};
}

GraphNode node_of(const Inspection& in, const LayerBlock& block, const Nesting& nesting) {
  const Model& model = in.model;
  const Node& first = model.nodes[block.first];
  const NodeStructure& last = in.structure.nodes[block.last];
  GraphNode node;
  node.frame = nesting.of_node[block.first];
  node.name = first.path;
  if (node.frame >= 0) {  // the frame has the rest of the path
    const LayerSpec& spec = model.layer_of(first);
    node.name = first.path.substr(spec.path.size() - spec.name.size());
  }
  node.kind = kind_text(in, block.first);
  if (!block.folded.empty()) node.note = fmt::format("+ {}", fmt::join(block.folded, ", "));
  node.shape = last.output ? last.output->str(" × ") : "unknown shape";
  node.family = static_cast<int>(family_of(model.layer_of(first).kind));
  node.volume = volume_of(last);
  return node;
}

void add_heading(NetworkGraph& graph, const Inspection& in) {
  const Model& m = in.model;
  graph.title = model_title(m);
  graph.kind = m.keras_version.empty() ? m.kind : fmt::format("{}, Keras {}", m.kind, m.keras_version);
  graph.shape_text = fmt::format("{} layers  ·  {} parameters  ·  {} multiply-adds", m.nodes.size(),
                                 short_count(m.parameters()), macs_text(in.structure));
  std::vector<std::string> outputs;
  for (const Port& port : m.outputs) outputs.push_back(m.node(port.value).path);
  if (outputs.size() > 1) graph.caption = fmt::format("outputs: {}", fmt::join(outputs, ", "));
  graph.families.assign(family_names.begin(), family_names.end());
}

NetworkGraph graph_of(const Inspection& in, const std::vector<LayerBlock>& blocks,
                      const std::vector<bool>& shown) {
  const Model& model = in.model;
  const Nesting nesting = nesting_of(model);
  NetworkGraph graph;
  add_heading(graph, in);
  for (const NestedModel& nested : nesting.models) graph.frames.push_back({nested.name, nested.parent});
  std::vector<int> block_of(model.nodes.size(), -1);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    graph.nodes.push_back(node_of(in, blocks[b], nesting));
    block_of[blocks[b].first] = static_cast<int>(b);
  }
  std::set<int> counted;  // parameters of a shared layer are counted at its first call
  std::vector<std::int64_t> parameters(blocks.size(), 0);
  for (std::size_t i = 0, b = 0; i < model.nodes.size(); ++i) {
    const Node& node = model.nodes[i];
    // A folded or hidden node belongs to the block of its first input.
    if (block_of[i] < 0 && !node.inputs.empty())
      block_of[i] = block_of[static_cast<std::size_t>(node.inputs[0].node)];
    if (block_of[i] < 0) continue;
    b = static_cast<std::size_t>(block_of[i]);
    if (counted.insert(node.layer).second) parameters[b] += model.layer_of(node).parameters();
    if (!shown[i]) continue;
    for (const Value& v : node.inputs)
      if (const int from = block_of[static_cast<std::size_t>(v.node)]; from >= 0 && from != block_of[i])
        graph.edges.emplace_back(from, block_of[i]);
  }
  for (std::size_t b = 0; b < blocks.size(); ++b)
    if (parameters[b] > 0) graph.nodes[b].parameters = short_count(parameters[b]) + " par.";
  std::sort(graph.edges.begin(), graph.edges.end());
  graph.edges.erase(std::unique(graph.edges.begin(), graph.edges.end()), graph.edges.end());
  graph.remarks.emplace_back("par.: parameters, those of folded layers included");
  return graph;
}

std::vector<bool> without_inner_inputs(const Model& model) {
  std::vector<bool> shown(model.nodes.size());
  for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = !is_inner_input(model, i);
  return shown;
}

}  // namespace

NetworkGraph structure_graph(const Inspection& in, StructureDetail detail) {
  if (detail == StructureDetail::folded) {
    const std::vector<bool> shown = without_inner_inputs(in.model);
    return graph_of(in, folded_blocks(in.model, in.structure, shown), shown);
  }
  std::vector<LayerBlock> blocks;
  for (std::size_t i = 0; i < in.model.nodes.size(); ++i) blocks.push_back({i, i, {}});
  return graph_of(in, blocks, std::vector<bool>(blocks.size(), true));
}

render::Scene structure_sheet(const Inspection& in, StructureDetail detail, const Style& style,
                              const render::Page& page) {
  NetworkGraph graph = structure_graph(in, detail);
  graph.theme = style.theme;
  graph.page = page;
  return draw(graph);
}

}  // namespace nv::figures
