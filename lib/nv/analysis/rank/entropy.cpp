// Entropy of the predicted distribution.
#include <cmath>

#include "nv/analysis/rank/list.h"
#include "nv/analysis/rank/uncertainty.h"

namespace nv::rank {

Metric entropy() {
  return uncertainty("entropy", "- sum of p log2 p over the classes, in bits", "Shannon 1948",
                     [](std::span<const float> probabilities) {
                       double bits = 0;
                       for (const float p : probabilities)
                         if (p != 0) bits -= static_cast<double>(p) * std::log2(static_cast<double>(p));
                       return bits;
                     });
}

}  // namespace nv::rank
