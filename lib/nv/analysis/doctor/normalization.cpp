#include "nv/analysis/doctor/normalization.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <span>

#include "nv/core/error.h"
#include "nv/layers/structure.h"

namespace nv::doctor {

namespace {

constexpr double epsilon = 1e-3;

std::vector<double> numbers(const Weight& weight) {
  const Tensor values = weight.data->read();
  return {values.values().begin(), values.values().end()};
}

bool all_are(const std::vector<double>& values, double value) {
  return std::ranges::all_of(values, [&](double v) { return v == value; });
}

/// Reads the layer's weights; false if the file has not what the layer expects.
bool read_statistics(const LayerSpec& spec, const NodeStructure& structure, NormalizationLayer& layer) {
  const std::vector<WeightSpec> expected = expected_weights(structure);
  if (expected.empty() || !weight_problem(spec, expected).empty()) return false;
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::vector<double> values = numbers(spec.weights[i]);
    if (expected[i].name == "moving_mean") layer.mean = values;
    if (expected[i].name == "moving_variance") layer.variance = values;
    if (expected[i].name == "gamma") layer.untrained_scale = layer.untrained_scale && all_are(values, 1);
    if (expected[i].name == "beta") layer.untrained_scale = layer.untrained_scale && all_are(values, 0);
  }
  layer.untrained_statistics = all_are(layer.mean, 0) && all_are(layer.variance, 1);
  return !layer.mean.empty() && layer.mean.size() == layer.variance.size();
}

}  // namespace

std::vector<NormalizationLayer> normalization_layers(const Engine& engine) {
  const Model& model = engine.model();
  std::vector<NormalizationLayer> layers;
  std::set<int> seen;  // layers, which may have several calls
  for (std::size_t i = 0; i < model.nodes.size(); ++i) {
    const Node& node = model.nodes[i];
    const LayerSpec& spec = model.layer_of(node);
    if (spec.kind != "BatchNormalization" || node.inputs.size() != 1 || !seen.insert(node.layer).second)
      continue;
    NormalizationLayer layer;
    layer.node = i;
    layer.source = static_cast<std::size_t>(node.inputs[0].node);
    if (read_statistics(spec, engine.structure().nodes[i], layer)) layers.push_back(std::move(layer));
  }
  return layers;
}

double distance(const NormalizationLayer& layer, const ChannelSums& sums) {
  if (sums.channels() != std::ssize(layer.mean) || sums.channels() == 0)
    return std::numeric_limits<double>::quiet_NaN();
  std::vector<double> distances;
  for (std::int64_t c = 0; c < sums.channels(); ++c) {
    const auto k = static_cast<std::size_t>(c);
    const double held = layer.variance[k] + epsilon, measured = sums.variance(c) + epsilon;
    const double d =
        0.5 * std::abs(std::log(measured / held)) + std::abs(sums.mean(c) - layer.mean[k]) / std::sqrt(held);
    distances.push_back(std::isnan(d) ? std::numeric_limits<double>::infinity() : d);
  }
  const auto middle = distances.begin() + std::ssize(distances) / 2;
  std::ranges::nth_element(distances, middle);
  return *middle;
}

}  // namespace nv::doctor
