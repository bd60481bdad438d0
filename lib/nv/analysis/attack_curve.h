// Attacks at growing sizes, and the accuracy that is left at each of them.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/analysis/attack.h"
#include "nv/analysis/attack_plan.h"

namespace nv {

/// Results at growing sizes: one result per input, at the smallest size at which the attack succeeds.
struct CurveResults {
  std::vector<AttackResult> results;
  /// Per input: the smallest size of the curve at which the attack succeeds, else the largest. Empty for a
  /// plan without a curve.
  std::vector<double> eps;
};

/// Runs an AttackPlan on inputs of one model.
///
/// A fixed-epsilon method with a curve attacks at each size what no smaller size changed. A method that
/// searches the smallest change runs once: its result says which sizes allow it.
class PlannedAttack {
 public:
  /// Arguments and errors as of Attacker.
  PlannedAttack(Engine& engine, AttackPlan plan, const InputSpec& spec, const Preprocess& how,
                std::span<const std::string> labels, std::span<Engine* const> others = {});

  /// As Attacker::wants_examples, add_examples and learn, for all sizes.
  bool wants_examples() const { return attackers_.front()->wants_examples(); }
  void add_examples(std::span<const Input> inputs, std::size_t batch);
  void learn(std::size_t batch, const std::function<void()>& tick);

  /// As Attacker::run. Queries and gradients of an input are summed over sizes. `round` gets the number of
  /// inputs that are done at the smallest size; it is called between the batches of all sizes.
  CurveResults run(std::span<const Input> inputs, std::span<const std::int64_t> truth, std::size_t batch,
                   const std::function<void(std::size_t)>& round);

  /// The attacker at the smallest size.
  const Attacker& first() const { return *attackers_.front(); }
  /// The attacker at the largest size.
  const Attacker& last() const { return *attackers_.back(); }

 private:
  void attack_remaining(std::size_t size, std::span<const Input> inputs, std::span<const std::int64_t> truth,
                        std::size_t batch, const std::function<void(std::size_t)>& round,
                        CurveResults& found);

  AttackPlan plan_;
  std::vector<std::unique_ptr<Attacker>> attackers_;  ///< in the order of plan_.curve; one if it is empty
};

/// The smallest size of plan.curve (not empty) that allows the change of a success, else the largest.
double smallest_size(const AttackPlan& plan, const AttackResult& result);

/// Accuracy by the size of the change, over the inputs whose class is known to be right or wrong: those with
/// a true class, else those that were attacked.
class RobustnessCurve {
 public:
  /// `eps`: the size at which a success was found (CurveResults::eps); ignored for other results.
  void add(const AttackResult& result, double eps);

  /// Share of inputs that are still classified right if changes of size `eps` are allowed; NaN for no inputs.
  double accuracy(double eps) const;

  /// Number of inputs that it is a share of.
  std::int64_t inputs() const { return static_cast<std::int64_t>(breaking_sizes_.size()); }

 private:
  std::vector<double> breaking_sizes_;  ///< per input; 0: wrong from the start, infinite: right at all sizes
};

}  // namespace nv
