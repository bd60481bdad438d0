// Accuracy of classifiers.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// part / whole; NaN if `whole` is 0.
double ratio(std::int64_t part, std::int64_t whole);

/// Confusion matrix: counts of (true class, predicted class) pairs. It grows to the largest class index seen.
class Confusion {
 public:
  explicit Confusion(std::int64_t classes = 0);
  /// `predicted`: nullopt if the output holds NaN, which counts as wrong. `in_top5`: whether the true class
  /// is among the five largest outputs.
  void add(std::int64_t truth, std::optional<std::int64_t> predicted, bool in_top5);

  std::int64_t classes() const { return classes_; }
  std::int64_t count(std::int64_t truth, std::int64_t predicted) const;
  std::int64_t total() const { return total_; }
  double accuracy() const;  ///< NaN for no inputs, as all shares here
  double top5_accuracy() const;
  std::int64_t of_class(std::int64_t truth) const;  ///< inputs of a true class, with or without a prediction
  std::int64_t unpredicted(std::int64_t truth) const;  ///< inputs of a true class without a prediction
  double recall(std::int64_t label) const;     ///< share of the inputs of a class that are predicted as it
  double precision(std::int64_t label) const;  ///< share of the inputs predicted as a class that are of it

 private:
  std::int64_t classes_ = 0, total_ = 0, right_ = 0, in_top5_ = 0;
  std::vector<std::int64_t> counts_;       // truth-major
  std::vector<std::int64_t> unpredicted_;  // by truth
};

/// "accuracy" or "top5_accuracy" by its name in JSON. Throws Error(usage) with the names as the hint.
double figure(const Confusion& confusion, std::string_view name);

/// Counts of predictions that differ between a model and a changed one, over the same inputs.
struct PredictionChanges {
  std::int64_t inputs = 0;
  std::int64_t changed = 0;  ///< predicted class differs, or only one output has a class
  std::int64_t right_before = 0, right_after = 0;  ///< of the inputs with a true class

  /// Counts one input by its predicted classes (nullopt: the output holds NaN) and returns whether they
  /// differ.
  bool add(std::optional<std::int64_t> before, std::optional<std::int64_t> after,
           std::optional<std::int64_t> truth);

  /// If every input has a true class; NaN for no inputs.
  double accuracy_before() const;
  double accuracy_after() const;
};

}  // namespace nv
