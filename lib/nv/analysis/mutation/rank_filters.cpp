#include "nv/analysis/mutation/rank_filters.h"

#include <algorithm>
#include <cmath>

#include "nv/analysis/mutation/filters.h"
#include "nv/core/error.h"

namespace nv {

FilterRanking::FilterRanking(Engine& engine, const std::vector<bool>& chosen) : engine_(engine) {
  const Model& model = engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, engine.structure());
  const auto output = std::ranges::find_if(outputs, &OutputKind::classifies);
  if (output == outputs.end()) throw_usage("{}: no output is a vector of classes", model.file);
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

/// Items of the batch in which the channel is not all 0.
std::vector<std::int64_t> speaking(const Tensor& output, std::int64_t channel, bool channels_first) {
  std::vector<std::int64_t> items;
  const Shape& shape = output.shape();
  const bool first = channels_first && shape.rank() > 2;
  const std::int64_t channels = first ? shape[1] : shape.back();
  const std::int64_t size = output.size() / shape[0], run = first ? size / channels : 1;
  for (std::int64_t b = 0; b < shape[0]; ++b) {
    const float* item = output.data() + b * size;
    bool any = false;
    for (std::int64_t at = channel * run; at < size && !any; at += channels * run)
      any = std::any_of(item + at, item + at + run, [](float v) { return v != 0; });
    if (any) items.push_back(b);
  }
  return items;
}

/// The items of every tensor of a trace, in a trace of their own.
Trace taken(const Trace& trace, const std::vector<std::int64_t>& items, std::int64_t count) {
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

void FilterRanking::ask(FilterWorth& worth, const Trace& base, std::int64_t count) {
  const std::vector<std::int64_t> items =
      speaking(base.outputs[worth.node], worth.channel, engine_.structure().nodes[worth.node].channels_first);
  if (items.empty()) return;
  const auto out = static_cast<std::size_t>(output_.value.node);
  std::vector<bool> keep(base.outputs.size(), false);
  keep[out] = true;
  const Frozen frozen{worth.node, {worth.channel}};
  const Trace before = taken(base, items, count);
  const Trace after = engine_.forward_from(before, {&frozen, 1}, keep);
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(items.size()); ++i) {
    const Tensor was = before.outputs[out].item(i), is = after.outputs[out].item(i);
    const Prediction first = predict(was.values(), output_.activation, {});
    worth.changed += predict(is.values(), output_.activation, {}).index == first.index ? 0 : 1;
    const std::int64_t at = was.size() == 1 ? 0 : first.index;
    worth.score_change += static_cast<double>(is[at]) - static_cast<double>(was[at]);
  }
}

void FilterRanking::add(std::span<const Tensor> inputs, const std::function<void()>& each) {
  const Trace base = engine_.forward(inputs);
  const std::int64_t count = inputs[0].shape()[0];
  inputs_ += count;
  for (FilterWorth& worth : worths_) {
    ask(worth, base, count);
    each();
  }
}

std::vector<FilterWorth> FilterRanking::ranking() const {
  std::vector<FilterWorth> list = worths_;
  for (FilterWorth& w : list) w.score_change /= static_cast<double>(std::max<std::int64_t>(inputs_, 1));
  std::ranges::stable_sort(list, [](const FilterWorth& a, const FilterWorth& b) {
    if (a.changed != b.changed) return a.changed > b.changed;
    return std::abs(a.score_change) > std::abs(b.score_change);
  });
  return list;
}

}  // namespace nv
