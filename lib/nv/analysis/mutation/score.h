// The mutation score: how well a set of inputs distinguishes mutants from the model.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "nv/analysis/mutation/mutant.h"

namespace nv {

struct MutantResult {
  Mutation mutation;
  std::vector<std::int64_t> killed_classes;  ///< ascending
  double error_rate = 0;     ///< share of the inputs classified right by the model that the mutant gets wrong
  std::int64_t changed = 0;  ///< inputs whose predicted class changes
  bool killed() const { return !killed_classes.empty(); }
};

/// As defined by DeepMutation (Ma et al. 2018): an input kills class c of a mutant if c is its true class,
/// the model predicts c and the mutant does not. The score is the number of killed (mutant, class) pairs
/// divided by mutants times classes; classes are those of which the model classifies an input right.
struct MutationScore {
  std::vector<MutantResult> mutants;
  std::vector<std::pair<std::size_t, std::int64_t>>
      killers;       ///< inputs and the number of mutants that each kills, most first
  double score = 0;  ///< NaN for no mutants or classes

  std::int64_t killed() const;
};

/// Collects the predictions of mutants for a set of inputs.
class MutationTally {
 public:
  /// A class per input; nullopt for an output that holds NaN.
  using Classes = std::vector<std::optional<std::int64_t>>;

  /// The model's predicted classes, and the true classes (or the predicted classes again). An input without a
  /// class is not counted.
  MutationTally(Classes predicted, Classes truth);

  void add(const Mutation& mutation, const Classes& predicted);
  MutationScore finish() const;

 private:
  bool right(const Classes& predicted, std::size_t i) const { return truth_[i] && predicted[i] == truth_[i]; }

  Classes predicted_, truth_;
  std::vector<std::int64_t> kills_;
  std::vector<MutantResult> mutants_;
};

}  // namespace nv
