#include "nv/analysis/explain/filter_study.h"

#include <algorithm>
#include <numeric>

#include "nv/analysis/explain/layer_maps.h"
#include "nv/core/random.h"

namespace nv::explain {

namespace {

constexpr int random_orders = 10;
constexpr std::size_t most_drawn = 8;

/// Gradient times activation of the channels by position, at the input's size.
Tensor relevance_map(const Task& task, const LayerMaps& maps, std::int64_t first, std::int64_t last) {
  std::vector<float> map;
  for (std::int64_t p = 0; p < maps.height * maps.width; ++p) {
    double sum = 0;
    for (std::int64_t c = first; c < last; ++c)
      sum += static_cast<double>(maps.at(maps.activations, 0, p, c)) *
             static_cast<double>(maps.at(maps.gradients, 0, p, c));
    map.push_back(static_cast<float>(sum));
  }
  return to_input_size(task, maps, map);
}

/// Runs the model with channels of a layer frozen.
class FrozenPasses {
 public:
  FrozenPasses(const Task& task, const LayerMaps& maps, const OutputKind* output)
      : task_(task), maps_(maps), output_(output), keep_(task.engine.model().nodes.size(), false) {
    for (const std::size_t node : task.scalar.nodes(task.engine.model())) keep_[node] = true;
    if (output != nullptr) keep_[static_cast<std::size_t>(output->value.node)] = true;
  }

  Trace pass(std::span<const std::int64_t> channels, const std::vector<bool>& keep) const {
    const Frozen frozen[] = {{maps_.node, {channels.begin(), channels.end()}}};
    return task_.engine.forward_from(maps_.trace, frozen, keep);
  }
  /// With the first k of `channels` frozen.
  double value(std::span<const std::int64_t> channels,
               std::optional<Prediction>* prediction = nullptr) const {
    const Trace trace = pass(channels, keep_);
    if (prediction != nullptr && output_ != nullptr)
      *prediction = predict(trace.outputs[static_cast<std::size_t>(output_->value.node)].item(0).values(),
                            output_->activation, {});
    return task_.scalar.values(task_.engine, trace, task_.rows)[0];
  }

 private:
  const Task& task_;
  const LayerMaps& maps_;
  const OutputKind* output_;
  std::vector<bool> keep_;
};

/// Means over random orders of the layer's channels, with the first 0, 1, ... `count` of them frozen.
std::vector<double> random_values(const Task& task, const LayerMaps& maps, const FrozenPasses& passes,
                                  std::size_t count) {
  Random random({task.settings.seed, task.ids[0]});
  std::vector<double> sums(count + 1);
  std::vector<std::int64_t> order(static_cast<std::size_t>(maps.channels));
  std::iota(order.begin(), order.end(), 0);
  for (int k = 0; k < random_orders; ++k) {
    for (std::size_t i = order.size(); i-- > 1;)
      std::swap(order[i], order[static_cast<std::size_t>(random.below(static_cast<std::int64_t>(i) + 1))]);
    for (std::size_t n = 0; n <= count; ++n) sums[n] += passes.value(std::span(order).first(n));
  }
  for (double& s : sums) s /= random_orders;
  return sums;
}

/// The channels, or with `until_fall` as many as it takes.
Freezing freeze(const Task& task, const LayerMaps& maps, std::span<const std::int64_t> channels,
                const OutputKind* output, bool until_fall) {
  const FrozenPasses passes(task, maps, output);
  Freezing result;
  for (std::size_t n = 0; n <= channels.size(); ++n) {
    std::optional<Prediction> prediction;
    result.values.push_back(passes.value(channels.first(n), &prediction));
    if (output == nullptr) continue;
    result.predictions.push_back(prediction);
    if (until_fall && result.fall()) break;
  }
  result.every = until_fall && !result.fall();
  channels = channels.first(result.values.size() - 1);
  result.random_values = random_values(task, maps, passes, channels.size());
  LayerMaps after = maps;
  after.trace = passes.pass(channels, std::vector<bool>(task.engine.model().nodes.size(), true));
  after.activations = after.trace.outputs[maps.node];
  const std::size_t nodes[] = {maps.node};
  after.gradients =
      task.engine.backward(after.trace, task.scalar.seeds(task.engine, after.trace, task.rows), nodes)
          .front();
  result.map = relevance_map(task, after, 0, after.channels);
  return result;
}

}  // namespace

std::optional<std::size_t> Freezing::fall() const {
  for (std::size_t n = 1; n < predictions.size(); ++n)
    if (class_of(predictions[n]) != class_of(predictions[0])) return n;
  return std::nullopt;
}

void FilterStudy::drop_maps() {
  map = {};
  for (Channel& c : channels) c.map = {};
  if (freezing) freezing->map = {};
}

FilterStudy study_filters(const Task& task, std::size_t i, const Explanation& filters,
                          const OutputKind* output, const StudyOptions& options) {
  std::optional<FilterStudy> study;
  const auto alone = [&](const Task& item) {
    const LayerMaps maps = layer_maps(item);
    study.emplace(FilterStudy{maps.node, relevance_map(item, maps, 0, maps.channels), {}});
    const bool until_fall = options.freeze && options.channels == 0;
    std::vector<std::int64_t> channels;
    for (const ChannelRelevance& c : filters.channels) {
      if (until_fall ? !(c.relevance > 0) : std::ssize(channels) == options.channels) break;
      channels.push_back(c.channel);
    }
    if (options.freeze) study->freezing = freeze(item, maps, channels, output, until_fall);
    if (until_fall) channels.resize(study->freezing->values.size() - 1);
    for (std::size_t k = 0; k < channels.size(); ++k) {
      const std::int64_t c = channels[k];
      study->channels.push_back(
          {c, filters.channels[k].relevance,
           until_fall && k >= most_drawn ? Tensor() : relevance_map(item, maps, c, c + 1)});
    }
  };
  each_version(
      task, i, 1, [&](std::int64_t) { return task.item(i); }, alone);
  return std::move(*study);
}

}  // namespace nv::explain
