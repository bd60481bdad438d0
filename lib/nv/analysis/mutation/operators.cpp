#include "nv/analysis/mutation/operators.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>

#include "nv/analysis/mutation/filters.h"
#include "nv/analysis/mutation/graph.h"
#include "nv/analysis/statistics.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

double Site::parameter(std::string_view name, double fallback, double least, double most) const {
  for (const auto& [key, value] : mutation.parameters) {
    if (key != name) continue;
    if (!(value >= least && value <= most))
      throw_usage("{}: {} is {}, not within {} to {}", mutation.op, name, value, least, most);
    return value;
  }
  mutation.parameters.emplace_back(name, fallback);
  return fallback;
}

const std::vector<std::int64_t>& Site::filters(std::int64_t count) const {
  if (!mutation.filters.empty()) return mutation.filters;
  std::vector<std::int64_t> all(static_cast<std::size_t>(channels_of(structure.nodes[node])));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  for (std::size_t i = 0; i < all.size() && static_cast<std::int64_t>(i) < count; ++i)
    std::swap(all[i],
              all[i + static_cast<std::size_t>(random.below(static_cast<std::int64_t>(all.size() - i)))]);
  const auto chosen = std::min(static_cast<std::ptrdiff_t>(all.size()), static_cast<std::ptrdiff_t>(count));
  mutation.filters.assign(all.begin(), all.begin() + chosen);
  std::ranges::sort(mutation.filters);
  return mutation.filters;
}

namespace {

bool filtered(const Model& m, const Structure& s, std::size_t i) {
  return has_filters(m.layer_of(m.nodes[i])) && m.layer_of(m.nodes[i]).kind != "BatchNormalization" &&
         channels_of(s.nodes[i]) > 0;
}
bool switchable(const Model& m, const Structure& s, std::size_t i) {
  return filtered(m, s, i) && channels_of(s.nodes[i]) > 1;
}
bool biased(const Model& m, const Structure& s, std::size_t i) {
  if (!filtered(m, s, i)) return false;
  const std::vector<WeightSpec> weights = expected_weights(s.nodes[i]);
  return std::ranges::any_of(weights, [](const WeightSpec& w) { return w.name == "bias"; });
}
bool has_channels(const Model& m, const Structure& s, std::size_t i) {
  return !m.nodes[i].inputs.empty() && channels_of(s.nodes[i]) > 0;
}
bool is_input(const Model& m, const Structure& s, std::size_t i) {
  return m.nodes[i].inputs.empty() && s.nodes[i].output && s.nodes[i].output->known();
}
bool activated(const Model& m, const Structure& s, std::size_t i) {
  const auto& config = m.layer_of(m.nodes[i]).config.json();
  return s.nodes[i].layer && config.is_object() && config.contains("activation") &&
         !s.nodes[i].layer->activation().empty() && !users_of(m, i).empty();
}
/// Whether the output has the shape of the input for any values of sizes that the model leaves open.
bool keeps_any_size(const Layer& layer, const Shape& input) {
  for (const std::int64_t size : {64, 65}) {
    std::vector<std::int64_t> axes(input.begin(), input.end());
    std::ranges::replace(axes, Shape::unknown, size);
    const Shape some{std::span<const std::int64_t>(axes)};
    try {
      if (!(layer.shape({&some, 1}) == some)) return false;
    } catch (const Error&) {
      return false;
    }
  }
  return true;
}

/// Whether the node has one input, an output of the same shape, and users.
bool keeps_shape(const Model& m, const Structure& s, std::size_t i) {
  return m.nodes[i].inputs.size() == 1 && s.nodes[i].layer && s.nodes[i].inputs.size() == 1 &&
         s.nodes[i].output && *s.nodes[i].output == s.nodes[i].inputs[0] &&
         keeps_any_size(*s.nodes[i].layer, s.nodes[i].inputs[0]) && !users_of(m, i).empty() &&
         m.layer_of(m.nodes[i]).kind != "InputLayer" && m.layer_of(m.nodes[i]).kind != "Dropout";
}

void each_filter(const Site& site, const std::vector<std::int64_t>& filters,
                 const std::function<void(std::string_view, std::span<float>)>& change) {
  for (std::int64_t c : filters) change_filter(site.model(), site.structure, site.node, c, change);
}

/// Standard deviation of the kernel (the layer's first weight): the unit of noise.
double spread(const Site& site) {
  const double std = static_cast<double>(statistics(site.layer().weights[0].data->read().values()).std);
  return std > 0 ? std : 1;
}

std::int64_t share(const Site& site, double ratio) {
  const auto n = static_cast<double>(channels_of(site.structure.nodes[site.node]));
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::lround(ratio * n)));
}

void block_neuron(const Site& site) {
  site.mutant.frozen.push_back({site.node, site.filters(1)});
}

void delete_input(const Site& site) {
  const auto n = site.structure.nodes[site.node].output->elements();
  std::vector<std::int64_t> units = site.mutation.filters;
  if (units.empty()) units = {site.random.below(n)};
  for (std::int64_t u : units)
    if (u >= n)
      throw_usage("{}: input {} has {} numbers, none with index {}", site.model().file, site.call().path, n,
                  u);
  site.mutation.filters = units;
  site.mutant.frozen.push_back({site.node, {}, units});
}

void delete_neuron(const Site& site) {
  each_filter(site, site.filters(1),
              [](std::string_view, std::span<float> w) { std::ranges::fill(w, 0.0F); });
}

void change_bias(const Site& site) {
  const double sigma = site.parameter("sigma", 1, 0, 1e6) * spread(site);
  each_filter(site, site.filters(1), [&](std::string_view name, std::span<float> w) {
    if (name == "bias") w[0] += static_cast<float>(sigma) * site.random.normal();
  });
}

void change_weight(const Site& site) {
  const double sigma = site.parameter("sigma", 1, 0, 1e6) * spread(site);
  each_filter(site, site.filters(1), [&](std::string_view name, std::span<float> w) {
    if (name == "bias" || w.empty()) return;
    w[static_cast<std::size_t>(site.random.below(static_cast<std::int64_t>(w.size())))] +=
        static_cast<float>(sigma) * site.random.normal();
  });
}

void gaussian_fuzz(const Site& site) {
  const double sigma = site.parameter("sigma", 0.5, 0, 1e6) * spread(site);
  const double ratio = site.parameter("ratio", 0.01, 0, 1);
  each_filter(site, site.filters(share(site, ratio)), [&](std::string_view, std::span<float> w) {
    for (float& x : w) x += static_cast<float>(sigma) * site.random.normal();
  });
}

void shuffle_weights(const Site& site) {
  const double ratio = site.parameter("ratio", 0.01, 0, 1);
  each_filter(site, site.filters(share(site, ratio)), [&](std::string_view name, std::span<float> w) {
    if (name == "bias") return;
    for (std::size_t i = w.size(); i-- > 1;)
      std::swap(w[i], w[static_cast<std::size_t>(site.random.below(static_cast<std::int64_t>(i + 1)))]);
  });
}

void invert_neuron(const Site& site) {
  each_filter(site, site.filters(1), [](std::string_view, std::span<float> w) {
    for (float& x : w) x = -x;
  });
}

void switch_neurons(const Site& site) {
  const std::vector<std::int64_t> pair = site.filters(2);
  if (pair.size() != 2) throw_usage("switch-neurons: takes two filters of {}", site.call().path);
  std::vector<std::vector<float>> first;
  each_filter(site, {pair[0]},
              [&](std::string_view, std::span<float> w) { first.emplace_back(w.begin(), w.end()); });
  std::vector<std::vector<float>> second;
  std::size_t k = 0;
  each_filter(site, {pair[1]}, [&](std::string_view, std::span<float> w) {
    second.emplace_back(w.begin(), w.end());
    std::ranges::copy(first[k++], w.begin());
  });
  k = 0;
  each_filter(site, {pair[0]},
              [&](std::string_view, std::span<float> w) { std::ranges::copy(second[k++], w.begin()); });
}

void change_activation(const Site& site) {
  LayerSpec& spec = site.model().layers[static_cast<std::size_t>(site.call().layer)];
  const std::string before(site.structure.nodes[site.node].layer->activation());
  if (site.mutation.activation.empty()) {
    std::vector<std::string> others;
    for (const char* name : {"relu", "tanh", "sigmoid", "linear", "elu", "softplus"})
      if (before != name) others.emplace_back(name);
    site.mutation.activation =
        others[static_cast<std::size_t>(site.random.below(static_cast<std::int64_t>(others.size())))];
  }
  auto config = spec.config.json();
  config["activation"] = site.mutation.activation;
  spec.config = Config(std::move(config));
  const NodeStructure changed = analyse(site.model()).nodes[site.node];
  if (!changed.problem.empty())
    throw_usage("change-activation: layer {}: {}", site.call().path, changed.problem);
}

void zero_layer(const Site& site) {
  std::vector<std::int64_t> all(static_cast<std::size_t>(channels_of(site.structure.nodes[site.node])));
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::int64_t>(i);
  site.mutant.frozen.push_back({site.node, all});
}

/// Moves frozen parts along with the nodes after a change of the graph.
void shift_frozen(Mutant& mutant, std::size_t from, int by) {
  for (Frozen& f : mutant.frozen)
    if (f.node >= from) f.node = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(f.node) + by);
}

void remove_layer(const Site& site) {
  std::erase_if(site.mutant.frozen, [&](const Frozen& f) { return f.node == site.node; });
  shift_frozen(site.mutant, site.node, -1);
  remove_node(site.model(), site.node);
}

void duplicate_layer(const Site& site) {
  shift_frozen(site.mutant, site.node + 1, 1);
  std::string path = site.call().path + "#copy";
  const auto taken = [&] {
    return std::ranges::find(site.model().nodes, path, &Node::path) != site.model().nodes.end();
  };
  while (taken()) path += "#copy";
  insert_after(site.model(), site.node, site.call().layer, path);
}

constexpr std::string_view munn = "MuNN (Shen et al. 2018)", deep = "DeepMutation (Ma et al. 2018)";

constexpr std::array table{
    OperatorEntry{{"delete-input", "one number of an input to 0 (filters: its index)", "filters", munn},
                  is_input,
                  delete_input},
    OperatorEntry{
        {"delete-neuron", "a filter's kernel and bias to 0", "filters", munn}, filtered, delete_neuron},
    OperatorEntry{{"change-bias", "noise on a filter's bias: sigma 1, in standard deviations of the kernel",
                   "filters sigma", munn},
                  biased,
                  change_bias},
    OperatorEntry{{"change-weight", "noise on one weight of a filter: sigma 1", "filters sigma", munn},
                  filtered,
                  change_weight},
    OperatorEntry{{"change-activation", "another activation function: activation NAME", "activation", munn},
                  activated,
                  change_activation},
    OperatorEntry{{"gaussian-fuzz", "noise on all weights of filters: sigma 0.5, ratio 0.01 of them",
                   "filters sigma ratio", deep},
                  filtered,
                  gaussian_fuzz},
    OperatorEntry{{"shuffle-weights", "the kernels of filters in another order: ratio 0.01 of them",
                   "filters ratio", deep},
                  filtered,
                  shuffle_weights},
    OperatorEntry{
        {"block-neuron", "the output of a filter becomes 0", "filters", deep}, has_channels, block_neuron},
    OperatorEntry{{"invert-neuron", "the sign of a filter before its activation", "filters", deep},
                  filtered,
                  invert_neuron},
    OperatorEntry{{"switch-neurons", "two filters of a layer change places", "filters", deep},
                  switchable,
                  switch_neurons},
    OperatorEntry{{"zero-layer", "the output of a layer becomes 0", "", deep}, has_channels, zero_layer},
    OperatorEntry{{"remove-layer", "a layer that keeps its input's shape is left out", "", deep},
                  keeps_shape,
                  remove_layer},
    OperatorEntry{{"duplicate-layer", "a layer that keeps its input's shape is called twice", "", deep},
                  keeps_shape,
                  duplicate_layer},
};

}  // namespace

std::span<const OperatorEntry> operator_table() {
  return table;
}

const OperatorEntry& operator_named(std::string_view name) {
  for (const OperatorEntry& o : table)
    if (o.doc.name == name) return o;
  std::vector<std::string> names{"freeze"};
  for (const OperatorEntry& o : table) names.emplace_back(o.doc.name);
  throw Error(ErrorKind::usage, fmt::format("no mutation operator '{}'", shortened(one_line(name), 40)),
              fmt::format("{}", fmt::join(names, ", ")));
}

}  // namespace nv
