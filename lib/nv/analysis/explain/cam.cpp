// Class activation maps by gradients: Grad-CAM, Grad-CAM++, HiResCAM, LayerCAM; and the same weights as a
// table of channels (filters).
#include <algorithm>

#include "nv/analysis/explain/layer_maps.h"
#include "nv/analysis/explain/list.h"

namespace nv::explain {

namespace {

/// The maps A of one item and the gradients G to them.
struct ItemMaps {
  const LayerMaps& maps;
  std::int64_t item;

  std::int64_t positions() const { return maps.height * maps.width; }
  double a(std::int64_t position, std::int64_t channel) const {
    return static_cast<double>(maps.at(maps.activations, item, position, channel));
  }
  double g(std::int64_t position, std::int64_t channel) const {
    return static_cast<double>(maps.at(maps.gradients, item, position, channel));
  }
};

/// The weight of one value of a map, before the sum over channels.
using MapWeight = double (*)(const ItemMaps& m, std::int64_t position, std::int64_t channel,
                             double of_channel);
/// What is the same for all positions of a channel.
using ChannelWeight = double (*)(const ItemMaps& m, std::int64_t channel);

double mean_gradient(const ItemMaps& m, std::int64_t channel) {
  double sum = 0;
  for (std::int64_t p = 0; p < m.positions(); ++p) sum += m.g(p, channel);
  return sum / static_cast<double>(m.positions());
}

/// Sum of a ReLU(G), a = G^2 / (2 G^2 + sum(A) G^3), 0 where that is 0/0.
double plus_plus_weight(const ItemMaps& m, std::int64_t channel) {
  double activations = 0, sum = 0;
  for (std::int64_t p = 0; p < m.positions(); ++p) activations += m.a(p, channel);
  for (std::int64_t p = 0; p < m.positions(); ++p) {
    const double g = m.g(p, channel), below = 2 * g * g + activations * g * g * g;
    if (below != 0) sum += g * g / below * std::max(g, 0.0);
  }
  return sum;
}

double of_channel_alone(const ItemMaps&, std::int64_t, std::int64_t, double of_channel) {
  return of_channel;
}
double own_gradient(const ItemMaps& m, std::int64_t position, std::int64_t channel, double) {
  return m.g(position, channel);
}
double own_positive_gradient(const ItemMaps& m, std::int64_t position, std::int64_t channel, double) {
  return std::max(m.g(position, channel), 0.0);
}

/// ReLU of the weighted sum of the maps, at the input's size.
std::vector<Explanation> activation_map(const Task& task, ChannelWeight of_channel, MapWeight weight) {
  const LayerMaps maps = layer_maps(task);
  std::vector<Explanation> explanations(task.size());
  for (std::size_t i = 0; i < task.size(); ++i) {
    const ItemMaps m{maps, static_cast<std::int64_t>(i)};
    std::vector<double> sums(static_cast<std::size_t>(m.positions()));
    for (std::int64_t c = 0; c < maps.channels; ++c) {
      const double of_all = of_channel == nullptr ? 0 : of_channel(m, c);
      for (std::int64_t p = 0; p < m.positions(); ++p)
        sums[static_cast<std::size_t>(p)] += weight(m, p, c, of_all) * m.a(p, c);
    }
    std::vector<float> map(sums.size());
    std::ranges::transform(sums, map.begin(), [](double v) { return static_cast<float>(std::max(v, 0.0)); });
    explanations[i].maps.push_back(to_input_size(task, maps, map));
    explanations[i].nodes = {maps.node};
  }
  return explanations;
}

std::vector<Explanation> run_grad_cam(const Task& task) {
  return activation_map(task, mean_gradient, of_channel_alone);
}
std::vector<Explanation> run_plus_plus(const Task& task) {
  return activation_map(task, plus_plus_weight, of_channel_alone);
}
std::vector<Explanation> run_hires(const Task& task) {
  return activation_map(task, nullptr, own_gradient);
}
std::vector<Explanation> run_layer_cam(const Task& task) {
  return activation_map(task, nullptr, own_positive_gradient);
}

std::vector<Explanation> run_filters(const Task& task) {
  const LayerMaps maps = layer_maps(task);
  std::vector<Explanation> explanations(task.size());
  for (std::size_t i = 0; i < task.size(); ++i) {
    const ItemMaps m{maps, static_cast<std::int64_t>(i)};
    for (std::int64_t c = 0; c < maps.channels; ++c) {
      double sum = 0;
      for (std::int64_t p = 0; p < m.positions(); ++p) sum += m.g(p, c) * m.a(p, c);
      explanations[i].channels.push_back({c, sum / static_cast<double>(m.positions())});
    }
    explanations[i].nodes = {maps.node};
    std::ranges::stable_sort(explanations[i].channels, std::greater<>(), &ChannelRelevance::relevance);
  }
  return explanations;
}

Method of_layer(std::string_view name, std::string_view summary, std::string_view reference,
                std::vector<Explanation> (*run)(const Task&)) {
  Method m = make_method(name, summary, reference, run);
  m.needs_layer = true;
  m.never_negative = true;
  return m;
}

}  // namespace

Method grad_cam() {
  return of_layer("grad-cam", "maps of the last convolution, weighted by their mean gradient",
                  "Selvaraju 2017, arXiv:1610.02391", run_grad_cam);
}
Method grad_cam_plus_plus() {
  return of_layer("grad-cam++", "grad-cam with weights for several objects of a class",
                  "Chattopadhyay 2018, arXiv:1710.11063", run_plus_plus);
}
Method hires_cam() {
  return of_layer("hires-cam", "maps times their gradients, position by position",
                  "Draelos 2020, arXiv:2011.08891", run_hires);
}
Method layer_cam() {
  return of_layer("layer-cam", "maps times their positive gradients; also for earlier layers",
                  "Jiang 2021, IEEE TIP 30", run_layer_cam);
}
Method filters() {
  return of_layer("filters", "relevance of each channel of a layer, for nv mutate --freeze",
                  "mean of gradient times activation (Molchanov 2017, arXiv:1611.06440)", run_filters);
}

}  // namespace nv::explain
