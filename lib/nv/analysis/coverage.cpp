#include "nv/analysis/coverage.h"

#include <algorithm>

#include "nv/analysis/statistics.h"

namespace nv {

NeuronCoverage::NeuronCoverage(const Model& model, const Structure& structure, double threshold)
    : threshold_(threshold) {
  for (std::size_t n = 0; n < model.nodes.size(); ++n) {
    const std::string& kind = model.layer_of(model.nodes[n]).kind;
    const NodeStructure& node = structure.nodes[n];
    if (kind == "InputLayer" || kind == "Flatten" || !node.output) continue;
    const std::int64_t channels = channel_count(*node.output, node.channels_first);
    if (channels < 1) continue;  // an open axis
    layers_.push_back({n, node.channels_first, std::vector<bool>(static_cast<std::size_t>(channels), false)});
    neurons_ += channels;
  }
}

void NeuronCoverage::add(const Trace& trace) {
  for (Layer& layer : layers_) {
    const Tensor& output = trace.outputs[layer.node];
    for (std::int64_t i = 0; i < output.shape()[0]; ++i) add(layer, output.item(i));
  }
}

void NeuronCoverage::add(Layer& layer, const Tensor& item) {
  const auto channels = static_cast<std::int64_t>(layer.covered.size());
  const std::int64_t positions = item.size() / channels;
  if (positions == 0) return;
  const auto [low, high] = std::ranges::minmax_element(item.values());
  const double least = static_cast<double>(*low), range = static_cast<double>(*high) - least;
  if (!(range > 0)) return;  // nothing to scale
  const bool first = layer.channels_first && item.shape().rank() > 1;
  for (std::int64_t c = 0; c < channels; ++c) {
    if (layer.covered[static_cast<std::size_t>(c)]) continue;
    double sum = 0;
    for (std::int64_t p = 0; p < positions; ++p)
      sum += static_cast<double>(item[first ? c * positions + p : p * channels + c]) - least;
    if (!(sum / range / static_cast<double>(positions) > threshold_)) continue;
    layer.covered[static_cast<std::size_t>(c)] = true;
    ++covered_;
  }
}

std::vector<Neuron> NeuronCoverage::to_cover() const {
  std::vector<Neuron> left;
  for (const Layer& layer : layers_)
    for (std::size_t c = 0; c < layer.covered.size(); ++c)
      if (!layer.covered[c] || covered_ == neurons_)
        left.push_back({layer.node, static_cast<std::int64_t>(c)});
  return left;
}

}  // namespace nv
