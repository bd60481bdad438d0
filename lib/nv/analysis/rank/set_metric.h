// Metrics of a set of inputs as a whole.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "nv/analysis/rank/metric.h"
#include "nv/analysis/statistics.h"

namespace nv::rank {

/// Computes one number of all inputs, batch by batch.
class SetMeasure {
 public:
  virtual ~SetMeasure() = default;
  /// Marks the nodes whose outputs `add` reads.
  virtual void keep(std::vector<bool>& nodes) const = 0;
  virtual void add(const Pass& pass) = 0;
  virtual double value() = 0;
};

struct SetMetric {
  std::string_view name, summary, reference;
  std::function<std::unique_ptr<SetMeasure>(const Setup&)> make;
};

SetMetric nlc();

/// All of them, in the order of the help.
std::span<const SetMetric> set_metrics();

}  // namespace nv::rank
