#include "nv/analysis/run.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>

namespace nv {

namespace {
/// NaN if one of them is.
float least(float a, float b) {
  return std::isnan(a) || std::isnan(b) ? NAN : std::min(a, b);
}
float greatest(float a, float b) {
  return std::isnan(a) || std::isnan(b) ? NAN : std::max(a, b);
}
}  // namespace

std::vector<int> first_unsupported(const Model& model, const Structure& structure) {
  std::vector<int> first(model.nodes.size(), -1);
  for (std::size_t i = 0; i < first.size(); ++i) {
    for (const Value& v : model.nodes[i].inputs)
      if (first[i] < 0) first[i] = first[static_cast<std::size_t>(v.node)];
    if (first[i] < 0 && structure.nodes[i].unsupported) first[i] = static_cast<int>(i);
  }
  return first;
}

RunResult summarise(const Engine& engine, const std::vector<OutputKind>& outputs, const Trace& trace,
                    std::int64_t item, const std::vector<bool>& layers, std::span<const std::string> labels,
                    std::size_t top, std::optional<std::int64_t> truth) {
  const Model& model = engine.model();
  RunResult r;
  const OutputKind* const classifier = classifier_of(outputs);
  for (const OutputKind& kind : outputs) {
    const Tensor output = trace.outputs[static_cast<std::size_t>(kind.value.node)].item(item);
    OutputResult o{kind.name, output.shape(), std::nullopt};
    if (kind.classifies) o.prediction = predict(output.values(), kind.activation, labels);
    if (&kind == classifier) {
      r.prediction = o.prediction;
      if (!r.prediction) r.reason = no_class_reason;
      r.top = top_classes(output.values(), kind.activation, top, labels);
      r.likely = top_classes(class_scores(output.values(), kind.activation), kind.activation, top, labels);
      if (truth) {
        const auto best = top_classes(output.values(), kind.activation, 5, labels);
        r.in_top5 = std::ranges::any_of(best, [&](const ClassScore& c) { return c.index == *truth; });
        r.truth_scores = probability_scores(output.values(), kind.activation, *truth);
      }
    }
    r.outputs.push_back(std::move(o));
  }
  if (truth && classifier != nullptr) {
    r.truth = truth;
    r.correct = r.prediction && r.prediction->index == *truth;
    r.in_top5 = r.in_top5 || r.correct;
  }
  for (std::size_t i = 0; i < layers.size(); ++i) {
    if (!layers[i]) continue;
    const Tensor output = trace.outputs[i].item(item);
    const bool first = engine.structure().nodes[i].channels_first;
    LayerResult l;
    l.index = i;
    l.path = model.nodes[i].path;
    l.kind = model.layer_of(model.nodes[i]).kind;
    l.shape = output.shape();
    l.values = statistics(output.values());
    l.active = 1 - l.values.zeros;
    l.channels = channel_count(output.shape(), first);
    l.dead = dead_channels(output, first);
    r.layers.push_back(std::move(l));
  }
  return r;
}

void TruthSummary::add(const RunResult& result) {
  if (!result.error.empty() || !result.truth) return;
  confusion.add(*result.truth, class_of(result.prediction), result.in_top5);
  if (result.truth_scores) calibration.add(*result.truth_scores, result.correct);
}

std::vector<LayerResult> over_inputs(std::span<const RunResult> results) {
  std::vector<LayerResult> sum;
  double count = 0;
  std::vector<double> means, active;
  for (const RunResult& r : results) {
    if (!r.error.empty()) continue;
    ++count;
    if (sum.empty()) {
      sum = r.layers;
      means.resize(sum.size());
      active.resize(sum.size());
    }
    for (std::size_t i = 0; i < sum.size(); ++i) {
      const LayerResult& l = r.layers[i];
      sum[i].values.min = least(sum[i].values.min, l.values.min);
      sum[i].values.max = greatest(sum[i].values.max, l.values.max);
      means[i] += static_cast<double>(l.values.mean);
      active[i] += l.active;
      std::vector<std::int64_t> both;
      std::ranges::set_intersection(sum[i].dead, l.dead, std::back_inserter(both));
      sum[i].dead = std::move(both);
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) {
    sum[i].values.mean = static_cast<float>(means[i] / count);
    sum[i].active = active[i] / count;
  }
  return sum;
}

bool only_reshapes(std::string_view kind) {
  static const std::set<std::string_view> reshaping = {"InputLayer", "Flatten", "Reshape",
                                                       "Permute",    "Dropout", "Identity"};
  return reshaping.contains(kind);
}

std::vector<LayerBlock> layer_blocks(const Model& model, const Structure& structure,
                                     const std::vector<bool>& kept, std::optional<std::size_t> except) {
  std::vector<bool> shown = kept;
  for (std::size_t i = 0; i < shown.size(); ++i)
    if (only_reshapes(model.layer_of(model.nodes[i]).kind) || i == except) shown[i] = false;
  return folded_blocks(model, structure, shown);
}

}  // namespace nv
