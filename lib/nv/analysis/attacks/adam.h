// The Adam optimiser.
#pragma once

#include <cmath>

#include "nv/analysis/attacks/point.h"

namespace nv::attacks {

/// Adam (Kingma & Ba 2014) with the paper's constants.
class Adam {
 public:
  Adam(std::size_t count, double rate) : rate_(rate), mean_(count, 0.0F), square_(count, 0.0F) {}

  /// Moves `x` one step against `gradient`.
  void descend(Point& x, Values gradient) {
    first_ *= beta1;
    second_ *= beta2;
    const auto rate = static_cast<float>(rate_ / (1 - first_));
    const auto correction = static_cast<float>(1 / (1 - second_));
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float g = gradient[i];
      mean_[i] += static_cast<float>(1 - beta1) * (g - mean_[i]);
      square_[i] += static_cast<float>(1 - beta2) * (g * g - square_[i]);
      x[i] -= rate * mean_[i] / (std::sqrt(square_[i] * correction) + 1e-8F);
    }
  }

 private:
  static constexpr double beta1 = 0.9, beta2 = 0.999;
  double rate_, first_ = 1, second_ = 1;
  Point mean_, square_;
};

}  // namespace nv::attacks
