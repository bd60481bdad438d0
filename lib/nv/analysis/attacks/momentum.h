// The running sum of gradients of MI-FGSM and its kin.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// sum <- momentum * sum + g / |g|_1 (Dong 2017).
class Momentum {
 public:
  explicit Momentum(const Attempt& a)
      : factor_(static_cast<float>(a.parameter("momentum"))), sum_(a.original().size(), 0.0F) {}

  static Parameter parameter() {
    return real("momentum", 1, 0, 10, "share of the gradients before that is kept");
  }

  void add(Point gradient) {
    normalize(gradient, Norm::l1);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] = factor_ * sum_[i] + gradient[i];
  }
  const Point& sum() const { return sum_; }

 private:
  float factor_;
  Point sum_;
};

}  // namespace nv::attacks
