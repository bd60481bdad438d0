#include "nv/analysis/compare.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace nv {

Matching match_layers(const Model& a, const Structure& sa, const Model& b, const Structure& sb) {
  Matching m;
  std::map<std::string, std::size_t> by_path;
  for (std::size_t j = 0; j < b.nodes.size(); ++j) by_path[b.nodes[j].path] = j;
  std::vector<bool> taken(b.nodes.size(), false);
  const auto alike = [&](std::size_t i, std::size_t j) {
    const auto &x = sa.nodes[i].output, &y = sb.nodes[j].output;
    return x && y && *x == *y;
  };
  std::vector<std::size_t> left;
  for (std::size_t i = 0; i < a.nodes.size(); ++i) {
    const auto at = by_path.find(a.nodes[i].path);
    if (at != by_path.end() && alike(i, at->second)) {
      m.pairs.emplace_back(i, at->second);
      taken[at->second] = true;
    } else {
      left.push_back(i);
    }
  }
  std::size_t from = 0;
  for (std::size_t i : left) {
    std::size_t j = from;
    while (j < b.nodes.size() &&
           (taken[j] || !alike(i, j) || a.layer_of(a.nodes[i]).kind != b.layer_of(b.nodes[j]).kind))
      ++j;
    if (j == b.nodes.size()) {
      m.only_a.push_back(i);
      continue;
    }
    m.pairs.emplace_back(i, j);
    taken[j] = true;
    from = j + 1;
  }
  std::ranges::sort(m.pairs);
  for (std::size_t j = 0; j < b.nodes.size(); ++j)
    if (!taken[j]) m.only_b.push_back(j);
  return m;
}

std::vector<LayerDifference> compare_passes(const Side& a, const Side& b, const Matching& matching,
                                            const std::vector<bool>& chosen) {
  const Model& model = a.engine.model();
  std::vector<LayerDifference> list;
  for (const auto& [i, j] : matching.pairs) {
    if (!chosen[i] || a.trace.outputs[i].empty() || b.trace.outputs[j].empty()) continue;
    const Tensor x = a.trace.outputs[i].item(a.item), y = b.trace.outputs[j].item(b.item);
    // Sizes that both models leave open can differ between them at run time; one model must give one size.
    if (&a.engine != &b.engine && !(x.shape() == y.shape())) continue;
    LayerDifference d;
    d.index = i;
    d.path = model.nodes[i].path;
    d.kind = model.layer_of(model.nodes[i]).kind;
    if (b.engine.model().nodes[j].path != d.path) d.path_b = b.engine.model().nodes[j].path;
    d.shape = x.shape();
    d.values = difference(x, y, a.engine.structure().nodes[i].channels_first);
    list.push_back(std::move(d));
  }
  return list;
}

void measure_own_errors(std::vector<LayerDifference>& layers, const Side& a, const Side& b,
                        const Matching& matching) {
  std::map<std::size_t, std::size_t> partner;
  for (const auto& [i, j] : matching.pairs) partner[i] = j;
  for (LayerDifference& layer : layers) {
    const Node& mine = a.engine.model().nodes[layer.index];
    const std::size_t j = partner.at(layer.index);
    const Node& theirs = b.engine.model().nodes[j];
    if (mine.inputs.empty() || mine.inputs.size() != theirs.inputs.size()) continue;
    bool same = true;
    std::vector<Tensor> inputs;
    for (std::size_t k = 0; k < mine.inputs.size(); ++k) {
      const auto at = partner.find(static_cast<std::size_t>(mine.inputs[k].node));
      same = same && at != partner.end() && static_cast<int>(at->second) == theirs.inputs[k].node;
      inputs.push_back(a.trace.outputs[static_cast<std::size_t>(mine.inputs[k].node)].items(a.item, 1));
    }
    if (!same) continue;
    const Tensor output = b.engine.run_layer(j, inputs).item(0);
    const Tensor expected = a.trace.outputs[layer.index].item(a.item);
    if (output.shape() == expected.shape())
      layer.own_relative_l2 = difference(expected, output, false).relative_l2;
  }
}

const LayerDifference* first_divergent(const std::vector<LayerDifference>& layers, double tolerance) {
  for (const LayerDifference& d : layers)
    if (d.own_relative_l2 && !(*d.own_relative_l2 <= tolerance)) return &d;
  return nullptr;
}

std::optional<Prediction> prediction_of(const Side& side, std::span<const OutputKind> outputs,
                                        std::span<const std::string> labels) {
  const OutputKind* const output = classifier_of(outputs);
  if (output == nullptr) return std::nullopt;
  const Tensor scores = side.trace.outputs[static_cast<std::size_t>(output->value.node)].item(side.item);
  return predict(scores.values(), output->activation, labels);
}

std::vector<bool> keep_largest(std::vector<LayerDifference>& largest,
                               const std::vector<LayerDifference>& layers) {
  std::vector<bool> replaced(layers.size(), largest.empty());
  if (largest.empty()) largest = layers;
  for (std::size_t i = 0; i < layers.size(); ++i)
    if (const double most = largest[i].values.relative_l2;
        !std::isnan(most) && !(layers[i].values.relative_l2 <= most)) {
      largest[i] = layers[i];
      replaced[i] = true;
    }
  return replaced;
}

std::optional<LayerGateFailure> first_above(std::span<const Gate> gates,
                                            std::span<const LayerDifference> layers) {
  for (const Gate& gate : gates)
    for (const LayerDifference& layer : layers) {
      if (gate.figure == "ssim" && !layer.values.ssim) continue;
      const double value = figure(layer.values, gate.figure);
      if (!is_at_most(value, gate)) return LayerGateFailure{&gate, &layer, value};
    }
  return std::nullopt;
}

}  // namespace nv
