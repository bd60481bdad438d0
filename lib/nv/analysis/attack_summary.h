// What `nv attack` says of all inputs together.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "nv/analysis/attack.h"

namespace nv {

struct AttackSummary {
  std::int64_t inputs = 0, errors = 0, attacked = 0, succeeded = 0, skipped = 0, zero_gradient = 0;
  std::int64_t queries = 0, gradients = 0;  ///< of all inputs together
  std::int64_t pictures = 0, survived = 0;  ///< successes that are pictures, and those that fool as 8 bits
  std::int64_t with_truth = 0, right_before = 0, right_after = 0;
  std::vector<double> l0, l1, l2, linf;  ///< of the successes
  struct Count {
    std::int64_t attacked = 0, succeeded = 0;
  };
  std::map<std::int64_t, Count> classes;  ///< by the class that inputs have

  void add(const AttackResult& r);
  double success_rate() const;     ///< NaN where nothing was attacked
  double clean_accuracy() const;   ///< NaN without truth
  double robust_accuracy() const;  ///< right before and after, of all with truth
};

/// As numpy.median: the mean of the two in the middle of an even number; nullopt for none.
std::optional<double> median(std::vector<double> values);

}  // namespace nv
