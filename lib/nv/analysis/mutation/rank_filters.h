// Importance of filters: how much outputs change if one of them is frozen.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/engine/engine.h"

namespace nv {

/// How much the predictions change without one filter, summed up over inputs.
struct FilterImportance {
  std::size_t node = 0;
  std::string path;
  std::int64_t channel = 0;
  std::int64_t changed = 0;  ///< inputs whose predicted class changes without it, or becomes none (NaN)
  /// Mean change, without the filter, of the score of the class that the intact model predicts: negative if
  /// the filter supports the prediction.
  double score_change = 0;
  /// Classes with and without it of the latest input whose predicted class changes; -1 for none.
  std::int64_t before = -1, after = -1;
};

/// Sums importances over batches of inputs. Only layers after the frozen one run again, and only for inputs
/// for which the filter is active.
class FilterRanking {
 public:
  /// For the filters of layers for which `chosen` (by node) is true. Throws Error(usage) if no output is a
  /// vector of classes, or no chosen layer has filters.
  FilterRanking(Engine& engine, const std::vector<bool>& chosen);

  /// Runs one batch without each of the filters. `each` is called after each filter (for progress).
  void add(std::span<const Tensor> inputs, const std::function<void()>& each);

  std::size_t filters() const { return importances_.size(); }
  /// Most changed predictions first, then the largest mean change of the score.
  std::vector<FilterImportance> ranking() const;

 private:
  /// Adds the changes of `items` of a batch of `count`: those for which the filter is active.
  void freeze_and_compare(FilterImportance& importance, const Trace& base,
                          std::span<const std::int64_t> items, std::int64_t count);

  Engine& engine_;
  OutputKind output_;
  std::vector<FilterImportance> importances_;
  std::int64_t inputs_ = 0;
};

}  // namespace nv
