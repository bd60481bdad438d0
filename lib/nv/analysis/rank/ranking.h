// Inputs with their scores and ranks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/analysis/rank/metric.h"
#include "nv/analysis/rank/set_metric.h"
#include "nv/analysis/rank/uncertainty.h"

namespace nv::rank {

/// An input that was scored.
struct RankedInput {
  std::size_t input = 0;  ///< index in the run's inputs
  std::string id, file, preprocess;
  std::optional<Prediction> prediction;
  std::optional<std::int64_t> truth = {};
  bool in_two_models = false;  ///< prediction_b is that of a second model
  std::optional<Prediction> prediction_b = {};
};

/// Whether the prediction is wrong: another class than the true one, or none.
bool is_wrong(const std::optional<Prediction>& prediction, std::int64_t truth);

/// Scores inputs by one or more metrics, and ranks them. Memory per input: its names and its scores.
class Ranking {
 public:
  /// `metrics`: at least one; the first one ranks. Throws Error(usage) if the model does not have what a
  /// metric needs.
  Ranking(std::vector<const Metric*> metrics, std::vector<const SetMetric*> of_set, const Setup& setup);

  /// The nodes that a pass has to keep.
  const std::vector<bool>& keep() const { return keep_; }
  /// For the user, on how scores are computed.
  std::vector<std::string> notes() const;

  /// The pass that `score` takes, of a batch of inputs.
  Pass pass(const Trace& trace, std::int64_t inputs, ThreadPool& pool) const;
  /// The prediction for one input of the batch.
  std::optional<Prediction> prediction(const Trace& trace, std::int64_t item,
                                       std::span<const std::string> labels) const;
  /// Scores the batch by metric `m`; call it for each metric, then `add` for each input of the batch.
  void score(std::size_t m, const Pass& pass);
  void add(RankedInput input) { inputs_.push_back(std::move(input)); }
  /// Adds the batch to what metrics of the set measure.
  void add_to_set(const Pass& pass);
  /// Ranks all inputs, after the last was added.
  void finish();

  std::span<const Metric* const> metrics() const { return metrics_; }
  std::span<const SetMetric* const> set_metrics() const { return set_metrics_; }
  /// Values of set_metrics(), after finish().
  std::span<const double> set_values() const { return set_values_; }
  /// In the order in which they were added.
  std::span<const RankedInput> inputs() const { return inputs_; }
  double score(std::size_t m, std::size_t input) const { return scores_[m][input]; }
  /// Indices of inputs() by priority.
  std::span<const std::size_t> order(std::size_t m = 0) const { return orders_[m]; }
  /// Share of what the metric covers that all inputs cover; nullopt if it is no metric of coverage.
  std::optional<double> coverage(std::size_t m) const { return scorers_[m]->coverage(); }
  /// Position of inputs()[input], from 1.
  std::size_t rank(std::size_t m, std::size_t input) const { return ranks_[m][input]; }
  /// Whether each input, by priority, is a fault. `faults`: by inputs().
  std::vector<bool> in_order(std::size_t m, const std::vector<bool>& faults) const;

 private:
  std::vector<const Metric*> metrics_;
  std::vector<const SetMetric*> set_metrics_;
  std::vector<std::unique_ptr<SetMeasure>> measures_;  ///< of set_metrics_
  std::vector<double> set_values_;
  std::optional<ClassProbabilities> probabilities_;
  const OutputKind* classifier_;
  std::vector<std::unique_ptr<Scorer>> scorers_;
  std::vector<bool> keep_;
  std::vector<RankedInput> inputs_;
  std::vector<std::vector<double>> scores_;  ///< per metric
  std::vector<std::vector<std::size_t>> orders_, ranks_;
};

}  // namespace nv::rank
