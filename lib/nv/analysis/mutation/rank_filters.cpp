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
      worths_.push_back({i, model.nodes[i].path, c});
  }
  if (worths_.empty())
    throw Error(ErrorKind::usage, fmt::format("{}: none of the chosen layers has filters", model.file),
                "--layers @Conv2D");
}

namespace {

/// By item of the batch: channels whose every value is 0.
std::vector<std::vector<std::int64_t>> silent_channels(const Tensor& output, bool channels_first) {
  std::vector<std::vector<std::int64_t>> silent;
  for (std::int64_t b = 0; b < output.shape()[0]; ++b)
    silent.push_back(dead_channels(output.item(b), channels_first));
  return silent;
}

/// The items of every tensor of a trace, in a trace of their own.
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

void FilterRanking::ask(FilterWorth& worth, const Trace& base, std::span<const std::int64_t> items,
                        std::int64_t count) {
  if (items.empty()) return;
  const auto out = static_cast<std::size_t>(output_.value.node);
  std::vector<bool> keep(base.outputs.size(), false);
  keep[out] = true;
  const Frozen frozen{worth.node, {worth.channel}};
  const Trace before = taken(base, items, count);
  const Trace after = engine_.forward_from(before, {&frozen, 1}, keep);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(items.size()); ++i) {
    const Tensor was = before.outputs[out].item(i), is = after.outputs[out].item(i);
    const auto first = predict(was.values(), output_.activation, {});
    if (!first) continue;  // NaN with the filter already
    const auto then = predict(is.values(), output_.activation, {});
    worth.changed += then && then->index == first->index ? 0 : 1;
    const std::int64_t at = was.size() == 1 ? 0 : first->index;
    worth.score_change += static_cast<double>(is[at]) - static_cast<double>(was[at]);
  }
}

void FilterRanking::add(std::span<const Tensor> inputs, const std::function<void()>& each) {
  const Trace base = engine_.forward(inputs);
  const std::int64_t count = inputs[0].shape()[0];
  inputs_ += count;
  // Filters of one layer stand side by side: what is silent in it is found once.
  std::optional<std::size_t> node;
  std::vector<std::vector<std::int64_t>> silent;
  for (FilterWorth& worth : worths_) {
    if (node != worth.node) {
      node = worth.node;
      silent =
          silent_channels(base.outputs[worth.node], engine_.structure().nodes[worth.node].channels_first);
    }
    std::vector<std::int64_t> speaking;
    for (std::int64_t b = 0; b < count; ++b)
      if (!std::ranges::binary_search(silent[static_cast<std::size_t>(b)], worth.channel))
        speaking.push_back(b);
    ask(worth, base, speaking, count);
    each();
  }
}

std::vector<FilterWorth> FilterRanking::ranking() const {
  std::vector<FilterWorth> list = worths_;
  for (FilterWorth& w : list) w.score_change /= static_cast<double>(std::max<std::int64_t>(inputs_, 1));
  // NaN is a change like no other.
  const auto size = [](const FilterWorth& w) {
    return std::isnan(w.score_change) ? INFINITY : std::abs(w.score_change);
  };
  std::ranges::stable_sort(list, [&size](const FilterWorth& a, const FilterWorth& b) {
    if (a.changed != b.changed) return a.changed > b.changed;
    return size(a) > size(b);
  });
  return list;
}

}  // namespace nv
