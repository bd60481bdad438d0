// Efficient model parameter randomisation test: whether the map of a model with random weights is less
// ordered.
#include <cmath>

#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/judge/maps.h"
#include "nv/analysis/statistics.h"

namespace nv::explain::judge {

namespace {

/// Entropy of a histogram of 100 bins.
double discrete_entropy(const std::vector<float>& map) {
  const Histogram h = histogram(map, 100);
  double entropy = 0;
  for (const std::int64_t count : h.counts) {
    const double p = static_cast<double>(count) / static_cast<double>(map.size());
    if (p > 0) entropy -= p * std::log(p);
  }
  return entropy;
}

std::optional<Score> run_randomisation(const Case& c) {
  if (c.randomised.empty()) return std::nullopt;
  const double before = discrete_entropy(c.map), after = discrete_entropy(c.randomised);
  if (!(before > 0) || !std::isfinite(after)) return std::nullopt;
  return Score{(after - before) / before};
}

}  // namespace

Measure randomisation() {
  Measure m;
  m.name = "randomisation";
  m.summary = "relative rise of the map's discrete entropy if all weights are shuffled";
  m.reference = "Hedstrom 2023 (efficient MPRT), after Adebayo 2018; Quantus EfficientMPRT";
  m.higher_is_better = true;
  m.random = true;
  m.run = run_randomisation;
  return m;
}

}  // namespace nv::explain::judge
