// How often a model is right.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nv {

/// Counts of (truth, prediction) pairs. Classes are numbered from 0; the matrix grows to the largest number
/// seen.
class Confusion {
 public:
  explicit Confusion(std::int64_t classes = 0);
  /// `in_top5`: the truth is among the model's five best.
  /// `predicted`: nullopt where the model says no class, which is wrong whatever the truth.
  void add(std::int64_t truth, std::optional<std::int64_t> predicted, bool in_top5);

  std::int64_t classes() const { return classes_; }
  std::int64_t count(std::int64_t truth, std::int64_t predicted) const;
  std::int64_t total() const { return total_; }
  double accuracy() const;  ///< NaN for no inputs, as the others
  double top5_accuracy() const;
  std::int64_t of_class(std::int64_t truth) const;     ///< those without a prediction among them
  std::int64_t unpredicted(std::int64_t truth) const;  ///< of that class, those without a prediction
  double recall(std::int64_t label) const;             ///< of the inputs of a class, the share found
  double precision(std::int64_t label) const;          ///< of the inputs called so, the share that are

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
