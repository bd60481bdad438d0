// DeepGini.
#include "nv/analysis/rank/list.h"
#include "nv/analysis/rank/uncertainty.h"

namespace nv::rank {

Metric gini() {
  return uncertainty("gini", "1 - sum of p^2 over the classes", "Feng 2020 (DeepGini)",
                     [](std::span<const float> probabilities) {
                       double squares = 0;
                       for (const float p : probabilities)
                         squares += static_cast<double>(p) * static_cast<double>(p);
                       return 1 - squares;
                     });
}

}  // namespace nv::rank
