#include "nv/analysis/rank/faults.h"

#include <algorithm>

#include "nv/analysis/rank/order.h"

namespace nv::rank {

bool is_changed(const RankedInput& input) {
  return input.in_two_models && class_of(input.prediction) != class_of(input.prediction_b);
}

Faults faults_of(const Ranking& ranking) {
  Faults faults;
  for (const RankedInput& input : ranking.inputs()) {
    const bool changed = is_changed(input);
    const bool wrong = input.truth && is_wrong(input.prediction, *input.truth);
    const bool wrong_in_b = input.truth && input.in_two_models && is_wrong(input.prediction_b, *input.truth);
    faults.is_fault.push_back(!input.truth ? changed : input.in_two_models ? wrong_in_b : wrong);
    faults.changed += changed ? 1 : 0;
    faults.broken += wrong_in_b && !wrong ? 1 : 0;
    faults.fixed += input.in_two_models && wrong && !wrong_in_b ? 1 : 0;
  }
  faults.count = static_cast<std::size_t>(std::ranges::count(faults.is_fault, true));
  for (std::size_t m = 0; m < ranking.metrics().size(); ++m)
    faults.apfd.push_back(apfd(ranking.in_order(m, faults.is_fault)));
  faults.best_apfd = best_apfd(faults.is_fault.size(), faults.count);
  return faults;
}

}  // namespace nv::rank
