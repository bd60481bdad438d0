#include "nv/analysis/rank/ranking.h"

#include <algorithm>

#include "nv/analysis/rank/order.h"

namespace nv::rank {

bool is_wrong(const std::optional<Prediction>& prediction, std::int64_t truth) {
  return class_of(prediction) != truth;
}

Ranking::Ranking(std::vector<const Metric*> metrics, std::vector<const SetMetric*> of_set, const Setup& setup)
    : metrics_(std::move(metrics)),
      set_metrics_(std::move(of_set)),
      classifier_(classifier_of(setup.outputs)),
      keep_(setup.engine.model().nodes.size(), false),
      scores_(metrics_.size()) {
  if (std::ranges::any_of(metrics_, [](const Metric* m) { return m->group == Group::uncertainty; }))
    probabilities_.emplace(setup);
  if (classifier_ != nullptr) keep_[static_cast<std::size_t>(classifier_->value.node)] = true;
  for (const Metric* metric : metrics_) {
    scorers_.push_back(metric->make(setup));
    scorers_.back()->keep(keep_);
  }
  for (const SetMetric* metric : set_metrics_) {
    measures_.push_back(metric->make(setup));
    measures_.back()->keep(keep_);
  }
}

std::vector<std::string> Ranking::notes() const {
  std::vector<std::string> notes;
  if (probabilities_) notes.push_back(probabilities_->note());
  for (const auto& scorer : scorers_) notes.push_back(scorer->note());
  std::erase(notes, "");
  return notes;
}

Pass Ranking::pass(const Trace& trace, std::int64_t inputs, ThreadPool& pool) const {
  Pass pass{trace, inputs, {}, {}, pool};
  if (probabilities_) pass.probabilities = probabilities_->of(trace.outputs[probabilities_->node()]);
  if (classifier_ != nullptr)
    pass.classes = predicted_classes(trace.outputs[static_cast<std::size_t>(classifier_->value.node)],
                                     classifier_->activation);
  return pass;
}

std::optional<Prediction> Ranking::prediction(const Trace& trace, std::int64_t item,
                                              std::span<const std::string> labels) const {
  if (classifier_ == nullptr) return std::nullopt;
  const Tensor& output = trace.outputs[static_cast<std::size_t>(classifier_->value.node)];
  return predict(output.item(item).values(), classifier_->activation, labels);
}

void Ranking::score(std::size_t m, const Pass& pass) {
  std::vector<double>& scores = scores_[m];
  const std::size_t first = scores.size();
  scores.resize(first + static_cast<std::size_t>(pass.inputs));
  scorers_[m]->score(pass, std::span(scores).subspan(first));
}

void Ranking::add_to_set(const Pass& pass) {
  for (const auto& measure : measures_) measure->add(pass);
}

void Ranking::finish() {
  set_values_.clear();
  for (const auto& measure : measures_) set_values_.push_back(measure->value());
  orders_.clear();
  ranks_.clear();
  for (std::size_t m = 0; m < metrics_.size(); ++m) {
    orders_.push_back(scorers_[m]->finish(scores_[m]));
    if (orders_[m].empty()) orders_[m] = priority_order(scores_[m], metrics_[m]->lowest_first);
    std::vector<std::size_t>& ranks = ranks_.emplace_back(orders_[m].size());
    for (std::size_t r = 0; r < ranks.size(); ++r) ranks[orders_[m][r]] = r + 1;
  }
}

std::vector<bool> Ranking::in_order(std::size_t m, const std::vector<bool>& faults) const {
  std::vector<bool> ordered;
  for (const std::size_t input : order(m)) ordered.push_back(faults[input]);
  return ordered;
}

}  // namespace nv::rank
