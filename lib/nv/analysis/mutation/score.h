// Mutation testing: how well a set of inputs tells mutants from the model.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "nv/analysis/mutation/mutant.h"

namespace nv {

struct MutantFate {
  Mutation mutation;
  std::vector<std::int64_t> killed_classes;  ///< ascending
  double error_rate = 0;     ///< share of inputs that the model gets right and the mutant wrong
  std::int64_t changed = 0;  ///< inputs whose predicted class is another
  bool killed() const { return !killed_classes.empty(); }
};

/// As DeepMutation defines it (Ma et al. 2018): an input kills class c of a mutant where c is its true class,
/// the model says c and the mutant does not; the score is the number of killed (mutant, class) pairs over
/// mutants times classes. Classes are those of which the model gets an input right.
struct MutationScore {
  std::vector<MutantFate> mutants;
  std::vector<std::pair<std::size_t, std::int64_t>>
      killers;       ///< inputs and how many mutants each kills, most first
  double score = 0;  ///< NaN without mutants or classes

  std::int64_t killed() const;
};

/// Adds up what mutants say of the inputs that the model was asked about.
class MutationTally {
 public:
  /// A class an input; nullopt for an output that says none.
  using Classes = std::vector<std::optional<std::int64_t>>;

  /// What the model predicts of each input, and the true classes (the predictions themselves where nobody
  /// knows better). An input of no class counts nowhere.
  MutationTally(Classes predicted, Classes truth);

  void add(const Mutation& mutation, const Classes& predicted);
  MutationScore finish() const;

 private:
  bool right(const Classes& predicted, std::size_t i) const { return truth_[i] && predicted[i] == truth_[i]; }

  Classes predicted_, truth_;
  std::vector<std::int64_t> kills_;
  std::vector<MutantFate> mutants_;
};

}  // namespace nv
