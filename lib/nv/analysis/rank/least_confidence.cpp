// 1 - the probability of the predicted class.
#include <algorithm>
#include <cmath>

#include "nv/analysis/rank/list.h"
#include "nv/analysis/rank/uncertainty.h"

namespace nv::rank {

Metric least_confidence() {
  return uncertainty("least-confidence", "1 - largest p", "Hendrycks 2017 (maximum softmax probability)",
                     [](std::span<const float> probabilities) {
                       double largest = 0;
                       for (const float value : probabilities) {
                         const auto p = static_cast<double>(value);
                         if (std::isnan(p)) return p;
                         largest = std::max(largest, p);
                       }
                       return 1 - largest;
                     });
}

}  // namespace nv::rank
