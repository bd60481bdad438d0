// Class activation maps without gradients: Ablation-CAM and Score-CAM.
#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/layer_maps.h"
#include "nv/analysis/explain/list.h"

namespace nv::explain {

namespace {

std::vector<float> one_map(const LayerMaps& maps, std::int64_t item, std::int64_t channel) {
  std::vector<float> map;
  for (std::int64_t p = 0; p < maps.height * maps.width; ++p)
    map.push_back(maps.at(maps.activations, item, p, channel));
  return map;
}

/// ReLU of the sum of the maps of an item times `weights`, at the input's size.
Tensor weighted_map(const Task& task, const LayerMaps& maps, std::int64_t item,
                    const std::vector<double>& weights) {
  std::vector<float> map;
  for (std::int64_t p = 0; p < maps.height * maps.width; ++p) {
    double sum = 0;
    for (std::int64_t c = 0; c < maps.channels; ++c)
      sum +=
          weights[static_cast<std::size_t>(c)] * static_cast<double>(maps.at(maps.activations, item, p, c));
    map.push_back(static_cast<float>(std::max(sum, 0.0)));
  }
  return to_input_size(task, maps, map);
}

/// Runs only what comes after the layer, once per channel for the whole batch.
std::vector<Explanation> run_ablation(const Task& task) {
  const LayerMaps maps = layer_maps(task);
  Engine& engine = task.engine;
  std::vector<bool> keep(engine.model().nodes.size(), false);
  for (const std::size_t node : task.scalar.nodes(engine.model())) keep[node] = true;
  const std::vector<double> whole = task.scalar.values(engine, maps.trace, task.rows);
  std::vector<std::vector<double>> weights(task.size());
  for (std::int64_t c = 0; c < maps.channels; ++c) {
    const Frozen frozen[] = {{maps.node, {c}}};
    const std::vector<double> without =
        task.scalar.values(engine, engine.forward_from(maps.trace, frozen, keep), task.rows);
    for (std::size_t i = 0; i < weights.size(); ++i)
      weights[i].push_back(whole[i] == 0 ? 0 : (whole[i] - without[i]) / whole[i]);
  }
  std::vector<Explanation> explanations(task.size());
  for (std::size_t i = 0; i < explanations.size(); ++i) {
    explanations[i].maps.push_back(weighted_map(task, maps, static_cast<std::int64_t>(i), weights[i]));
    explanations[i].nodes = {maps.node};
  }
  return explanations;
}

/// The input times a map of the input's size, scaled to 0..1.
std::vector<Tensor> masked(const Task& task, const std::vector<Tensor>& x, const Tensor& map) {
  const auto [low, high] = std::ranges::minmax(map.values());
  const float range = high > low ? high - low : 1;
  std::vector<Tensor> result = x;
  const std::size_t p = image_input(task);
  Tensor y = x[p].clone();
  const std::int64_t positions = map.size(), channels = y.size() / positions;
  const bool first = y.shape()[1] != map.shape()[1] || y.shape()[0] != map.shape()[0];
  for (std::int64_t k = 0; k < y.size(); ++k)
    y[k] *= (map[first ? k % positions : k / channels] - low) / range;
  result[p] = std::move(y);
  return result;
}

std::vector<Explanation> run_score(const Task& task) {
  const LayerMaps maps = layer_maps(task);
  std::vector<Explanation> explanations(task.size());
  for (std::size_t i = 0; i < task.size(); ++i) {
    const std::vector<Tensor> x = task.item(i);
    std::vector<double> scores = version_values(task, i, maps.channels, [&](std::int64_t c) {
      return masked(task, x, to_input_size(task, maps, one_map(maps, static_cast<std::int64_t>(i), c)));
    });
    const double top = *std::ranges::max_element(scores);
    double sum = 0;
    for (double& s : scores) sum += s = std::exp(s - top);
    for (double& s : scores) s /= sum;
    explanations[i].maps.push_back(weighted_map(task, maps, static_cast<std::int64_t>(i), scores));
    explanations[i].nodes = {maps.node};
  }
  return explanations;
}

}  // namespace

Method ablation_cam() {
  Method m = make_method("ablation-cam", "maps weighted by the share of the class that is lost without them",
                         "Desai 2020, WACV", run_ablation);
  m.needs_layer = true;
  m.never_negative = true;
  return m;
}

Method score_cam() {
  Method m = make_method("score-cam", "maps weighted by the class of the input masked by them",
                         "Wang 2020, arXiv:1910.01279", run_score);
  m.needs_layer = true;
  m.never_negative = true;
  return m;
}

}  // namespace nv::explain
