// Metrics of uncertainty: functions of the probabilities of the classes.
#pragma once

#include <span>
#include <string>

#include "nv/analysis/rank/metric.h"

namespace nv::rank {

/// The probabilities of the classes, of the first output that classifies: softmax outputs as they are, the
/// softmax of logits (a linear last layer), and s and 1 - s of a single sigmoid or linear unit.
class ClassProbabilities {
 public:
  /// Throws Error(usage), beginning with the model's file, for outputs that are no distribution over classes:
  /// no vector, several sigmoid units, another activation function.
  explicit ClassProbabilities(const Setup& setup);

  std::size_t node() const { return node_; }
  /// `outputs` of the node, batch first -> (inputs, classes).
  Tensor of(const Tensor& outputs) const;
  /// For the user: how they are computed, if the model does not end in softmax or sigmoid; else "".
  std::string note() const;

 private:
  std::size_t node_ = 0;
  bool logits_ = false, single_ = false;
  std::string file_;
};

/// A metric that is `function` of an input's probabilities, in double precision.
Metric uncertainty(std::string_view name, std::string_view summary, std::string_view reference,
                   double (*function)(std::span<const float> probabilities));

}  // namespace nv::rank
