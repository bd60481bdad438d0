// Attacks on inputs of a model.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "nv/analysis/attack_result.h"
#include "nv/analysis/attack_space.h"
#include "nv/analysis/attacks/driver.h"
#include "nv/analysis/attacks/method.h"
#include "nv/analysis/coverage.h"
#include "nv/analysis/prediction.h"
#include "nv/data/input.h"
#include "nv/engine/engine.h"

namespace nv {

/// Attacks inputs of one model, or of several at once, by one method.
class Attacker {
 public:
  /// `others`: the other models of a joint method. `engine` and `others` must outlive the object. Throws
  /// Error(unsupported) as Oracle, Error(usage) for a target class that the model does not have, Error(input)
  /// for other models whose inputs or classes differ from the first model's.
  Attacker(Engine& engine, const attacks::Method& method, attacks::Settings settings, InputSpec spec,
           Preprocess how, std::span<const std::string> labels, std::span<Engine* const> others = {});

  /// Whether the method uses other inputs of the run: all of them must be added before the first `run`.
  bool wants_examples() const { return method_.examples || method_.joint; }
  /// Adds inputs with their predictions, as long as all together hold less than 2^26 numbers; a joint method
  /// records the neurons that they cover.
  void add_examples(std::span<const Input> inputs, std::size_t batch);
  /// How images become the model's input; arrays may have another scale.
  const Preprocess& pictures() const { return how_; }
  const InputSpec& spec() const { return spec_; }
  /// A sample as 8 bits; nullopt if it is not an image.
  std::optional<Picture> picture_of(const Tensor& sample) const;
  const OutputKind& output() const { return oracle_.output(); }

  /// Lets the method learn from the examples, after all were added. `tick` as in Method::learn.
  void learn(std::size_t batch, const std::function<void()>& tick);

  /// Results in the order of `inputs`. `truth` is empty or has the true class per input; inputs that are
  /// misclassified, or already of the target class, are skipped. At most `batch` inputs are attacked at once;
  /// `round` as in attacks::attack, one call at a time.
  std::vector<AttackResult> run(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                std::size_t batch, const std::function<void(std::size_t)>& round);

  /// Of a joint method, per model, the first model first; else empty.
  std::vector<CoverageChange> coverage() const;
  /// The change that a universal method has learnt.
  std::optional<Perturbation> perturbation() const;

 private:
  /// Inputs and the models' predictions of them.
  struct Prepared {
    std::vector<AttackResult> results;
    std::vector<Tensor> tensors;         ///< empty if the input cannot be used
    std::vector<attacks::Point> points;  ///< the same in the space of attacks, within the bounds
    std::vector<std::optional<attacks::Answer>> first_answers;  ///< AttackTask::first_answer
  };
  Prepared prepare(std::span<const Input> inputs, std::size_t batch);
  /// An input's point, and its result with only the error filled in.
  std::pair<AttackResult, attacks::Point> prepare(const Input& input) const;
  /// Classifies inputs together with the first gradient that the method asks for.
  void answer_first_queries(Prepared& prepared, std::size_t batch);
  std::vector<AttackResult> run_part(std::span<const Input> inputs, std::span<const std::int64_t> truth,
                                     std::size_t batch, const std::function<void(std::size_t)>& round);
  /// Stores a model's prediction and output in a result.
  using Store = std::function<void(AttackResult&, std::optional<Prediction>, attacks::Values)>;
  /// Runs one model on `inputs` (one per result; empty: none) and calls `store` for each.
  void classify(attacks::Oracle& oracle, std::span<AttackResult> results, std::span<const Tensor> inputs,
                std::size_t batch, const Store& store);
  void classify_samples(std::span<AttackResult> results, std::span<const Tensor> samples, std::size_t batch);
  /// Whether the predictions of `sample` are what the attack wants, given those of `original`.
  bool is_adversarial(const AttackResult& original, const AttackResult& sample) const;
  std::vector<attacks::Outcome> attack(std::span<const attacks::AttackTask> tasks, std::size_t batch,
                                       const std::function<void(std::size_t)>& round);
  void store_outcomes(std::span<const attacks::Outcome> outcomes, std::span<const attacks::AttackTask> tasks,
                      std::span<const std::size_t> places, std::span<AttackResult> results,
                      std::span<Tensor> samples);
  void cover(std::vector<NeuronCoverage>& coverage, std::span<const Tensor> inputs, std::size_t batch);
  /// Sets the true class, and skips the input if there is nothing to attack.
  void skip_if_pointless(AttackResult& r, std::optional<std::int64_t> truth) const;
  std::optional<Picture> picture_of_pixels(const Tensor& pixels) const;
  void add_pictures(std::span<AttackResult> results, std::size_t batch);
  attacks::PointLayout layout_of(const Tensor& input) const { return {input.shape(), spec_.channels_first}; }

  const attacks::Method& method_;
  attacks::Settings settings_;
  InputSpec spec_;
  Preprocess how_;
  std::vector<std::string> labels_;
  attacks::Oracle oracle_;
  std::vector<attacks::Oracle> others_;         ///< of a joint method
  std::vector<NeuronCoverage> before_, after_;  ///< of a joint method: of the first model, then the others
  attacks::Background background_;
  std::size_t example_numbers_ = 0;
};

}  // namespace nv
