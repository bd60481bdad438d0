// What each filter is worth: it is taken out alone, and the model asked again.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/prediction.h"
#include "nv/engine/engine.h"

namespace nv {

struct FilterWorth {
  std::size_t node = 0;
  std::string path;
  std::int64_t channel = 0;
  std::int64_t changed = 0;  ///< inputs whose predicted class is another without it, or none (NaN)
  /// Mean change of the score of the class that the intact model predicts: below 0 where the filter speaks
  /// for what is predicted.
  double score_change = 0;
};

/// Adds up over batches of inputs; only layers behind the one that changed are run again, and only for inputs
/// in which the filter says anything.
class FilterRanking {
 public:
  /// Of the filters of layers for which `chosen` is true. Throws Error(usage) where no output is a vector of
  /// classes, or no chosen layer has channels.
  FilterRanking(Engine& engine, const std::vector<bool>& chosen);

  /// Asks for every filter of one batch. `each` is called after each filter (for progress).
  void add(std::span<const Tensor> inputs, const std::function<void()>& each);

  std::size_t filters() const { return worths_.size(); }
  /// Those that change most predictions first, then those that change the score most.
  std::vector<FilterWorth> ranking() const;

 private:
  /// Of the items of a batch of `count` in which the filter says anything.
  void ask(FilterWorth& worth, const Trace& base, std::span<const std::int64_t> items, std::int64_t count);

  Engine& engine_;
  OutputKind output_;
  std::vector<FilterWorth> worths_;
  std::int64_t inputs_ = 0;
};

}  // namespace nv
