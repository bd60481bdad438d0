#include "nv/analysis/attack_summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/analysis/accuracy.h"

namespace nv {

void AttackSummary::add(const AttackResult& r) {
  ++inputs;
  errors += r.status == AttackStatus::error ? 1 : 0;
  skipped += r.status == AttackStatus::skipped ? 1 : 0;
  if (r.truth) {
    const bool right = r.original && r.original->index == *r.truth;
    ++with_truth;
    right_before += right ? 1 : 0;
    // A sample without a predicted class (NaN) is not classified right.
    const bool stays_right =
        was_attacked(r) ? r.status == AttackStatus::failed && r.adversarial.has_value() : right;
    right_after += right && stays_right ? 1 : 0;
  }
  if (!was_attacked(r)) return;
  ++attacked;
  Count& own = classes[r.truth.value_or(r.original->index)];
  ++own.attacked;
  queries += r.queries;
  gradients += r.gradients;
  zero_gradient += r.zero_gradient ? 1 : 0;
  if (r.status != AttackStatus::success) return;
  ++succeeded;
  ++own.succeeded;
  if (r.survives_png) {
    ++pictures;
    survived += *r.survives_png ? 1 : 0;
  }
  l0.push_back(r.distances.l0);
  l1.push_back(r.distances.l1);
  l2.push_back(r.distances.l2);
  linf.push_back(r.distances.linf);
}

double AttackSummary::success_rate() const {
  return ratio(succeeded, attacked);
}
double AttackSummary::clean_accuracy() const {
  return ratio(right_before, with_truth);
}
double AttackSummary::robust_accuracy() const {
  return ratio(right_after, with_truth);
}

std::optional<double> median(std::vector<double> values) {
  std::erase_if(values, [](double x) { return std::isnan(x); });  // has no order
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace nv
