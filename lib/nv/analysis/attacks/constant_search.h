// Shared by attacks that minimise the size of the change plus a constant times a loss (Carlini & Wagner
// 2016).
#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

/// Search for the smallest constant that leads to an adversarial point (Carlini & Wagner 2016): multiplied by
/// ten until one does, then halfway between the largest that does not and the smallest that does.
class ConstantSearch {
 public:
  explicit ConstantSearch(double first) : constant_(first) {}

  double constant() const { return constant_; }
  void next(bool found) {
    (found ? above_ : below_) = constant_;
    constant_ = above_ < std::numeric_limits<double>::infinity() ? (below_ + above_) / 2 : constant_ * 10;
  }

 private:
  double constant_, below_ = 0, above_ = std::numeric_limits<double>::infinity();
};

/// Early abort of a descent: after each tenth of its steps, the smallest loss so far must have fallen.
/// Foolbox compares the current loss, summed over its batch; a single input, whose loss may rise in the first
/// steps, would often be abandoned by that rule.
class DescentProgress {
 public:
  explicit DescentProgress(std::int64_t steps) : tenth_((steps + 9) / 10) {}

  /// False if the descent should stop after this step.
  bool made(std::int64_t step, double loss) {
    least_ = std::min(least_, loss);
    if (step % tenth_ != 0) return true;
    return least_ <= 0.9999 * std::exchange(checked_, least_);
  }

 private:
  std::int64_t tenth_;
  double least_ = std::numeric_limits<double>::infinity(), checked_ = least_;
};

/// The gradient of -constant * margin while the margin is below `confidence`, else 0.
LogitGradient shortfall_gradient(const Attempt& a, float constant, float confidence);

/// Runs `Descent(a, constant).run(best)` with parameter("search-steps") constants, the first of them
/// parameter("constant"), and returns the best point.
template <typename Descent>
Task<Point> search_constants(Attempt& a) {
  Best best(a);
  ConstantSearch search(a.parameter("constant"));
  for (std::int64_t i = a.count("search-steps"); i > 0; --i) {
    Descent descent(a, search.constant());
    const bool found = co_await descent.run(best);
    search.next(found);
  }
  co_return best.point();
}

}  // namespace nv::attacks
