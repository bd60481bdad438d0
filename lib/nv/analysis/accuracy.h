// How often a model is right.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
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

}  // namespace nv
