// How a model's class scores behave over a set of inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "nv/analysis/prediction.h"

namespace nv::doctor {

/// Of the output that classifies. Figures are NaN if there are no inputs, or none to which they apply.
class OutputMeasure {
 public:
  struct Item {
    std::optional<std::int64_t> predicted;  ///< nullopt if the output holds NaN
    double confidence = 0;  ///< probability of the predicted class; NaN if the output is no probabilities
    double gap = 0;         ///< between the two largest logits; the logit's size for a single unit
  };

  /// Adds the items of a trace that holds all nodes.
  void add(Engine& engine, const Trace& trace, const OutputKind& output);

  const std::vector<Item>& items() const { return items_; }
  double confidence() const;  ///< mean
  double gap() const;         ///< median
  /// Entropy of the mean distribution minus the mean entropy (nats): what predictions say about the inputs,
  /// between 0 and the logarithm of the number of classes.
  double information() const;
  /// Largest difference of any class's logit between two inputs, relative to the largest logit (scores of 1
  /// are the same for different inputs).
  double reaction() const;

 private:
  void add_range(std::span<const float> logits);
  void add_distribution(std::span<const float> output);

  std::vector<Item> items_;
  std::vector<double> sums_;             // of the probabilities, by class
  std::vector<float> least_, greatest_;  // of the logits, by class
  double entropies_ = 0;
  std::int64_t distributions_ = 0;
};

}  // namespace nv::doctor
