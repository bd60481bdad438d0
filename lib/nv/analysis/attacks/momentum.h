// The momentum of MI-FGSM and NI-FGSM.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// sum <- momentum * sum + g / |g|_1 (Dong 2017), or + sign(g) (Foolbox).
class Momentum {
 public:
  explicit Momentum(const Attempt& a)
      : factor_(static_cast<float>(a.parameter("momentum"))),
        signs_(a.parameter("signs") != 0),
        sum_(a.original().size(), 0.0F) {}

  /// The parameters of such a method; its default step is `step` * eps.
  static std::vector<Parameter> parameters(double step) {
    return {steps(10), step_share(step),
            real("momentum", 1, 0, 10, "share of the gradients before that is kept"),
            whole("signs", 0, 0, 1, "1: sums signs, as Foolbox; 0: gradients of L1 norm 1, as the paper")};
  }

  void add(Point gradient) {
    if (signs_)
      for (float& g : gradient) g = sign(g);
    else
      normalize(gradient, Norm::l1);
    for (std::size_t i = 0; i < sum_.size(); ++i) sum_[i] = factor_ * sum_[i] + gradient[i];
  }
  const Point& sum() const { return sum_; }

 private:
  float factor_;
  bool signs_;
  Point sum_;
};

}  // namespace nv::attacks
