#include "nv/figures/model/structure.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "nv/analysis/captions.h"
#include "nv/analysis/families.h"
#include "nv/core/text.h"
#include "nv/figures/model/layer_words.h"
#include "nv/figures/model/nominal_sizes.h"

namespace nv::figures {

namespace {

/// Inputs of nested models add nothing to the frame around the model.
bool is_inner_input(const Model& model, std::size_t node) {
  return !model.nodes[node].inputs.empty() &&
         family_of(model.layer_of(model.nodes[node]).kind) == LayerFamily::input;
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

/// The layers folded into a block, or what its only layer's kind does not say of its activation function.
std::string note_of(const Inspection& in, const LayerBlock& block, StructureDetail detail) {
  if (detail != StructureDetail::all) return fmt::format("{}", fmt::join(block.folded, ", "));
  return activation_note(in.model.layer_of(in.model.nodes[block.first]), in.structure.nodes[block.first]);
}

/// `sizes`: the structure whose sizes are drawn.
GraphNode node_of(const Inspection& in, const Structure& sizes, const LayerBlock& block,
                  const Nesting& nesting, StructureDetail detail) {
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
  node.kind = kind_words(in, block.first);
  node.brief = brief_words(in, block.first);
  node.note = note_of(in, block, detail);
  node.shape = last.output ? last.output->str(" × ") : "unknown shape";
  node.family = static_cast<int>(family_of(model.layer_of(first).kind));
  node.volume = volume_of(sizes.nodes[block.last]);
  return node;
}

/// With spaces at which lines are not broken.
std::string unbroken(const std::string& text) {
  return fmt::format("{}", fmt::join(split(text, ' '), "\u00a0"));
}

void add_heading(NetworkGraph& graph, const Inspection& in) {
  const Model& m = in.model;
  graph.title = model_title(m);
  graph.kind = m.keras_version.empty() ? m.kind : fmt::format("{}, Keras {}", m.kind, m.keras_version);
  graph.shape_text =
      fmt::format("{} layers  ·  {} parameters  ·  {}", thousands(static_cast<long long>(m.nodes.size())),
                  thousands(m.parameters()), unbroken(macs_text(in.structure) + " multiply-adds"));
  const auto paths = [&m](const char* what, const std::vector<Port>& ports) {
    std::vector<std::string> list;
    for (const Port& port : ports) list.push_back(m.node(port.value).path);
    return ports.size() > 1 ? fmt::format("{}: {}", what, fmt::join(list, ", ")) : "";
  };
  graph.caption = paths("inputs", m.inputs);
  if (const std::string outputs = paths("outputs", m.outputs); !outputs.empty())
    graph.caption += (graph.caption.empty() ? "" : "  ·  ") + outputs;
  graph.families.assign(family_names.begin(), family_names.end());
}

NetworkGraph graph_of(const Inspection& in, const std::vector<LayerBlock>& blocks,
                      const std::vector<bool>& shown, StructureDetail detail) {
  const Model& model = in.model;
  const Nesting nesting = nesting_of(model);
  const std::optional<Structure> nominal = nominal_structure(model);
  const Structure& sizes = nominal ? *nominal : in.structure;
  NetworkGraph graph;
  add_heading(graph, in);
  for (const NestedModel& nested : nesting.models) graph.frames.push_back({nested.name, nested.parent});
  std::vector<int> block_of(model.nodes.size(), -1);
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    graph.nodes.push_back(node_of(in, sizes, blocks[b], nesting, detail));
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
    if (parameters[b] > 0) graph.nodes[b].parameters = thousands(parameters[b]) + " par.";
  std::sort(graph.edges.begin(), graph.edges.end());
  graph.edges.erase(std::unique(graph.edges.begin(), graph.edges.end()), graph.edges.end());
  if (nominal)
    graph.remarks.push_back(fmt::format("sizes that the model leaves open are drawn as {}", nominal_size));
  return graph;
}

std::vector<bool> without_inner_inputs(const Model& model) {
  std::vector<bool> shown(model.nodes.size());
  for (std::size_t i = 0; i < shown.size(); ++i) shown[i] = !is_inner_input(model, i);
  return shown;
}

/// The model's inputs first, in its order.
std::vector<LayerBlock> with_inputs_first(const Model& model, std::vector<LayerBlock> blocks) {
  const auto rank = [&model](const LayerBlock& block) {
    std::size_t i = 0;
    while (i < model.inputs.size() && static_cast<std::size_t>(model.inputs[i].value.node) != block.first)
      ++i;
    return i;
  };
  std::stable_sort(blocks.begin(), blocks.end(),
                   [&rank](const LayerBlock& a, const LayerBlock& b) { return rank(a) < rank(b); });
  return blocks;
}

}  // namespace

NetworkGraph structure_graph(const Inspection& in, StructureDetail detail) {
  if (detail != StructureDetail::all) {
    const std::vector<bool> shown = without_inner_inputs(in.model);
    return graph_of(in, with_inputs_first(in.model, folded_blocks(in.model, in.structure, shown)), shown,
                    detail);
  }
  std::vector<LayerBlock> blocks;
  for (std::size_t i = 0; i < in.model.nodes.size(); ++i) blocks.push_back({i, i, {}});
  return graph_of(in, with_inputs_first(in.model, std::move(blocks)),
                  std::vector<bool>(in.model.nodes.size(), true), detail);
}

render::Scene structure_sheet(const Inspection& in, const StructureOptions& options, const Style& style,
                              const render::Page& page) {
  NetworkGraph graph = structure_graph(in, options.detail);
  graph.layout = options.layout;
  graph.detail = options.detail == StructureDetail::compact ? GraphDetail::compact
                 : options.detail == StructureDetail::all   ? GraphDetail::whole
                                                            : GraphDetail::automatic;
  graph.linear = options.linear;
  graph.columns = options.columns;
  graph.theme = style.theme;
  graph.page = page;
  return draw(graph);
}

}  // namespace nv::figures
