// The results of an attack over all inputs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "nv/analysis/attack_result.h"

namespace nv {

/// Counts of inputs by their result, unless stated otherwise.
struct AttackSummary {
  std::int64_t inputs = 0, errors = 0, attacked = 0, succeeded = 0, skipped = 0, zero_gradient = 0;
  std::int64_t queries = 0, gradients = 0;  ///< of all inputs together
  std::int64_t pictures = 0, survived = 0;  ///< successes that are images; those still adversarial as 8 bits
  std::int64_t with_truth = 0, right_before = 0, right_after = 0;
  std::vector<double> l0, l1, l2, linf;  ///< of the successes
  struct Count {
    std::int64_t attacked = 0, succeeded = 0;
  };
  std::map<std::int64_t, Count> classes;  ///< by the true class, else the predicted class

  void add(const AttackResult& r);
  double success_rate() const;     ///< NaN if nothing was attacked
  double clean_accuracy() const;   ///< NaN without truth
  double robust_accuracy() const;  ///< share classified right before and after the attack; NaN without truth
};

/// As numpy.median, without NaN; nullopt for no values.
std::optional<double> median(std::vector<double> values);

}  // namespace nv
