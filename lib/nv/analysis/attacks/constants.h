// What attacks that weigh the change against what is missing (Carlini & Wagner 2016) have in common.
#pragma once

#include <algorithm>
#include <limits>
#include <utility>

#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

/// The search for the least constant that finds something (Carlini & Wagner 2016): ten times as much until
/// it does, then halfway between what does not and what does.
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

/// Whether a descent gets anywhere: every tenth of its steps, the least loss so far must have fallen.
/// Foolbox looks at the loss of the moment, summed over its batch; an input by itself, whose first steps may
/// lead up, would often be given up by that.
class Progress {
 public:
  explicit Progress(std::int64_t steps) : tenth_((steps + 9) / 10) {}

  /// False at a step that should be the last.
  bool made(std::int64_t step, double loss) {
    least_ = std::min(least_, loss);
    if (step % tenth_ != 0) return true;
    return least_ <= 0.9999 * std::exchange(checked_, least_);
  }

 private:
  std::int64_t tenth_;
  double least_ = std::numeric_limits<double>::infinity(), checked_ = least_;
};

/// The gradient of -constant * margin while that is short of `confidence`, else 0.
LogitGradient shortfall_gradient(const Attempt& a, float constant, float confidence);

/// `Descent(a, constant).run(best)` with parameter("search-steps") constants from parameter("constant") on;
/// the best that any of them offered.
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
