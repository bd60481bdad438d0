#include "nv/analysis/mutation/rank_filters.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "nv/analysis/mutation/filters.h"
#include "nv/analysis/statistics.h"
#include "nv/core/error.h"

namespace nv {

FilterRanking::FilterRanking(Engine& engine, const std::vector<bool>& chosen) : engine_(engine) {
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const OutputKind* const output = classifier_of(outputs);
  if (output == nullptr) throw_usage("{}: no output is a vector of classes", model.file);
  output_ = *output;
  for (std::size_t i = 0; i < chosen.size(); ++i) {
    const bool last = static_cast<int>(i) == output_.value.node;
    if (!chosen[i] || last || model.nodes[i].inputs.empty() || !has_filters(model.layer_of(model.nodes[i])))
      continue;
    for (std::int64_t c = 0; c < channels_of(engine.structure().nodes[i]); ++c)
      importances_.push_back({i, model.nodes[i].path, c});
  }
  if (importances_.empty())
    throw Error(ErrorKind::usage, fmt::format("{}: none of the chosen layers has filters", model.file),
                "--layers @Conv2D");
}

namespace {

/// Per item of the batch: channels whose values are all 0.
std::vector<std::vector<std::int64_t>> inactive_channels(const Tensor& output, bool channels_first) {
  std::vector<std::vector<std::int64_t>> inactive;
  for (std::int64_t b = 0; b < output.shape()[0]; ++b)
    inactive.push_back(dead_channels(output.item(b), channels_first));
  return inactive;
}

/// A trace of some items of another.
Trace taken(const Trace& trace, std::span<const std::int64_t> items, std::int64_t count) {
  if (static_cast<std::int64_t>(items.size()) == count) return trace;
  Trace part;
  for (const Tensor& t : trace.outputs) {
    if (t.empty()) {
      part.outputs.emplace_back();
      continue;
    }
    std::vector<Tensor> chosen;
    for (std::int64_t i : items) chosen.push_back(t.item(i));
    part.outputs.push_back(stack(chosen));
  }
  return part;
}

}  // namespace

void FilterRanking::freeze_and_compare(FilterImportance& importance, const Trace& base,
                                       std::span<const std::int64_t> items, std::int64_t count) {
  if (items.empty()) return;
  const auto out = static_cast<std::size_t>(output_.value.node);
  std::vector<bool> keep(base.outputs.size(), false);
  keep[out] = true;
  const Frozen frozen{importance.node, {importance.channel}};
  const Trace before = taken(base, items, count);
  const Trace after = engine_.forward_from(before, {&frozen, 1}, keep);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(items.size()); ++i) {
    const Tensor was = before.outputs[out].item(i), is = after.outputs[out].item(i);
    const auto first = predict(was.values(), output_.activation, {});
    if (!first) continue;  // NaN in the intact model
    const auto then = predict(is.values(), output_.activation, {});
    if (!then || then->index != first->index) {
      ++importance.changed;
      importance.before = first->index;
      importance.after = then ? then->index : -1;
    }
    const std::int64_t at = was.size() == 1 ? 0 : first->index;
    importance.score_change += static_cast<double>(is[at]) - static_cast<double>(was[at]);
  }
}

void FilterRanking::add(std::span<const Tensor> inputs, const std::function<void()>& each) {
  const Trace base = engine_.forward(inputs);
  const std::int64_t count = inputs[0].shape()[0];
  inputs_ += count;
  // Filters of one layer are neighbours: its inactive channels are found once.
  std::optional<std::size_t> node;
  std::vector<std::vector<std::int64_t>> inactive;
  for (FilterImportance& importance : importances_) {
    if (node != importance.node) {
      node = importance.node;
      inactive = inactive_channels(base.outputs[importance.node],
                                   engine_.structure().nodes[importance.node].channels_first);
    }
    std::vector<std::int64_t> active;
    for (std::int64_t b = 0; b < count; ++b)
      if (!std::ranges::binary_search(inactive[static_cast<std::size_t>(b)], importance.channel))
        active.push_back(b);
    freeze_and_compare(importance, base, active, count);
    if (each) each();
  }
}

std::vector<FilterImportance> FilterRanking::ranking() const {
  std::vector<FilterImportance> list = importances_;
  for (FilterImportance& w : list) w.score_change /= static_cast<double>(std::max<std::int64_t>(inputs_, 1));
  // NaN counts as the largest change.
  const auto size = [](const FilterImportance& w) {
    return std::isnan(w.score_change) ? INFINITY : std::abs(w.score_change);
  };
  std::ranges::stable_sort(list, [&size](const FilterImportance& a, const FilterImportance& b) {
    if (a.changed != b.changed) return a.changed > b.changed;
    return size(a) > size(b);
  });
  return list;
}

}  // namespace nv
