#include "nv/analysis/families.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

namespace nv {

namespace {

using Entry = std::pair<std::string_view, LayerFamily>;

/// Whole names.
constexpr Entry exact[] = {{"InputLayer", LayerFamily::input},
                           {"Dense", LayerFamily::dense},
                           {"Embedding", LayerFamily::dense},
                           {"Add", LayerFamily::merging},
                           {"Subtract", LayerFamily::merging},
                           {"Multiply", LayerFamily::merging},
                           {"Average", LayerFamily::merging},
                           {"Maximum", LayerFamily::merging},
                           {"Minimum", LayerFamily::merging},
                           {"Concatenate", LayerFamily::merging},
                           {"Dot", LayerFamily::merging},
                           {"Activation", LayerFamily::activation},
                           {"ReLU", LayerFamily::activation},
                           {"LeakyReLU", LayerFamily::activation},
                           {"PReLU", LayerFamily::activation},
                           {"ThresholdedReLU", LayerFamily::activation},
                           {"ELU", LayerFamily::activation},
                           {"Softmax", LayerFamily::activation},
                           {"GaussianNoise", LayerFamily::regularization},
                           {"ActivityRegularization", LayerFamily::regularization},
                           {"StochasticDepth", LayerFamily::regularization},
                           {"Normalization", LayerFamily::other}};

/// Parts of names, the first that occurs.
constexpr Entry parts[] = {
    {"Depthwise", LayerFamily::depthwise},   {"Separable", LayerFamily::depthwise},
    {"Conv", LayerFamily::convolution},      {"Pooling", LayerFamily::pooling},
    {"Attention", LayerFamily::attention},   {"Normalization", LayerFamily::normalization},
    {"Dropout", LayerFamily::regularization}};

std::string folded_name(const LayerSpec& spec, const NodeStructure& node) {
  switch (family_of(spec.kind)) {
    case LayerFamily::normalization:
      return spec.kind.ends_with("BatchNormalization") ? "bn" : "norm";
    case LayerFamily::regularization:
      return spec.kind.find("Dropout") != std::string::npos ? "dropout" : spec.kind;
    default:
      return node.layer ? activation_name(spec, node) : spec.kind;
  }
}

/// A numeric option of a layer; 0 if it is missing or null.
double number_option(const LayerSpec& spec, const char* key) {
  const auto& config = spec.config.json();
  const auto at = config.find(key);
  return at != config.end() && at->is_number() ? at->get<double>() : 0;
}

/// "max 6" for a ReLU layer with that limit, else "".
std::string limit_of(const LayerSpec& spec) {
  const double most = spec.kind == "ReLU" ? number_option(spec, "max_value") : 0;
  return most > 0 ? fmt::format("max {:g}", most) : "";
}

/// Whether the name of the kind says which activation function it is.
bool names_activation(const std::string& kind) {
  return kind.find("ReLU") != std::string::npos || kind == "ELU" || kind == "Softmax" || kind == "GLU";
}

bool folds(LayerFamily family) {
  return family == LayerFamily::normalization || family == LayerFamily::activation ||
         family == LayerFamily::regularization;
}

}  // namespace

LayerFamily family_of(std::string_view kind) {
  for (const auto& [name, family] : exact)
    if (kind == name) return family;
  for (const auto& [part, family] : parts)
    if (kind.find(part) != std::string_view::npos) return family;
  return LayerFamily::other;
}

std::vector<LayerBlock> folded_blocks(const Model& model, const Structure& structure,
                                      const std::vector<bool>& shown) {
  std::vector<int> users(model.nodes.size(), 0);
  for (const Node& n : model.nodes)
    for (const Value& v : n.inputs) ++users[static_cast<std::size_t>(v.node)];
  const std::vector<int> nested = nesting_of(model).of_node;
  std::vector<LayerBlock> blocks;
  std::map<std::size_t, std::size_t> ends;  // last node of a block -> its number
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    if (!shown[i]) continue;
    const Node& node = model.nodes[i];
    const LayerSpec& spec = model.layer_of(node);
    const LayerFamily family = family_of(spec.kind);
    if (node.inputs.size() == 1 && folds(family)) {
      const auto before = static_cast<std::size_t>(node.inputs[0].node);
      const auto at = ends.find(before);
      const bool input = family_of(model.layer_of(model.nodes[before]).kind) == LayerFamily::input;
      if (at != ends.end() && users[before] == 1 && !input && nested[before] == nested[i]) {
        LayerBlock& block = blocks[at->second];
        block.last = i;
        block.folded.push_back(folded_name(spec, structure.nodes[i]));
        ends[i] = at->second;
        continue;
      }
    }
    ends[i] = blocks.size();
    blocks.push_back({i, i, {}});
    if (std::string name = activation_name(spec, structure.nodes[i]);
        !name.empty() && family != LayerFamily::activation)
      blocks.back().folded.push_back(std::move(name));
  }
  return blocks;
}

std::string activation_name(const LayerSpec& spec, const NodeStructure& node) {
  if (!node.layer) return {};
  std::string name(node.layer->activation());
  if (name == "linear") return {};
  if (spec.kind != "ReLU") return name;
  const std::string limit = limit_of(spec);
  if (number_option(spec, "negative_slope") != 0) name = "leaky_relu";
  return limit == "max 6" && name == "relu" ? "relu6" : limit.empty() ? name : name + " " + limit;
}

std::string activation_note(const LayerSpec& spec, const NodeStructure& node) {
  return names_activation(spec.kind) ? limit_of(spec) : activation_name(spec, node);
}

Nesting nesting_of(const Model& model) {
  Nesting nesting;
  std::map<std::string, int> known;
  for (const Node& node : model.nodes) {
    const LayerSpec& spec = model.layer_of(node);
    const std::string call = node.path.size() > spec.path.size() ? node.path.substr(spec.path.size()) : "";
    const std::size_t own = spec.name.size() + 1;
    const std::string outer = spec.path.size() > own ? spec.path.substr(0, spec.path.size() - own) : "";
    int innermost = -1;
    for (std::size_t begin = 0; begin < outer.size();) {
      const std::size_t end = std::min(outer.find('/', begin), outer.size());
      const auto found = known.emplace(outer.substr(0, end) + call, static_cast<int>(nesting.models.size()));
      if (found.second) nesting.models.push_back({outer.substr(begin, end - begin) + call, innermost});
      innermost = found.first->second;
      begin = end + 1;
    }
    nesting.of_node.push_back(innermost);
  }
  return nesting;
}

}  // namespace nv
