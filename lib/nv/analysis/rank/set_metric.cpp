#include "nv/analysis/rank/set_metric.h"

namespace nv::rank {

std::span<const SetMetric> set_metrics() {
  static const std::vector<SetMetric> all{nlc()};
  return all;
}

}  // namespace nv::rank
