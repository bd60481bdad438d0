// What attacks that weigh the change against what is missing (Carlini & Wagner 2016) have in common.
#pragma once

#include <limits>

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
