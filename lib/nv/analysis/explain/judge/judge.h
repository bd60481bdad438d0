// How good methods of explanation are, over a set of inputs.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nv/analysis/explain/judge/measure.h"

namespace nv::explain::judge {

/// Scores of one input, by measures(); nullopt where a measure is not defined.
using Scores = std::vector<std::optional<double>>;

struct Mean {
  double mean = 0;
  double standard_error = 0;  ///< sample standard deviation / sqrt(inputs); NaN for one input
  std::int64_t inputs = 0;    ///< for which the measure is defined
};

/// Mean of the class's probability while the input changes, at equal distances of the share that has changed.
using Curve = std::vector<double>;
constexpr std::size_t curve_points = 101;  ///< 0 to 1

struct MethodJudgement {
  std::string method;
  std::vector<Mean> scores;  ///< by measures()
  /// By measures(): its score minus that of random_map() for the same input.
  std::vector<Mean> against_random = {};
  std::vector<Curve> curves;  ///< by measures(); empty for measures without
  /// Mean rank correlation of the map with that of the model with shuffled weights.
  Mean weight_similarity;
  bool ignores_weights = false;  ///< does not depend on the weights: by the literature, or measured
  double mean_rank = 0;          ///< over the measures that are defined for all; 1 is the best
  std::vector<int> best_in;      ///< measures in which it has the best mean
};

struct Judgement {
  std::vector<MethodJudgement> methods;    ///< best first; those that ignore the weights below the others
  std::optional<MethodJudgement> control;  ///< random_map()
  std::string verdict;                     ///< one sentence
  std::vector<std::string> remarks;        ///< a sentence for each method that does not depend on the weights
};

/// A map whose rank correlation with that of the model with shuffled weights is at least this does not depend
/// on the weights. Coarse maps without negative values (class activation maps) reach 0.8 by chance.
constexpr double ignores_weights_from = 0.9;

/// Sums over batches of inputs; its memory does not grow with their number.
class Judge {
 public:
  /// `output`: of the explained classes; nullptr if what is explained is no class. `classes`: their number.
  /// Keeps a second model, with shuffled weights, in memory.
  Judge(Engine& engine, const OutputKind* output, std::int64_t classes, Objective objective,
        const Options& options);
  ~Judge();

  /// The explained classes by Task::rows; empty without a class.
  using Classes = std::span<const std::optional<std::int64_t>>;
  /// Judges random_map() on a batch: the control, with which `add` compares the methods on that batch.
  void add_control(const Task& task, Classes classes);
  /// Judges the explanations that a method gave for a batch, of which Task::baselines are what deletion
  /// leaves. Returns the scores of each item; none of an item without a class. Throws Error(usage) for a
  /// method without maps.
  std::vector<Scores> add(const Method& method, const Task& task, std::span<const Explanation> explanations,
                          Classes classes);

  Judgement result() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Sorts the methods, and writes verdict and remarks.
void conclude(Judgement& judgement);

}  // namespace nv::explain::judge
