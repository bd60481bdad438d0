// Sparseness: the Gini coefficient of the map's magnitudes.
#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/judge/maps.h"

namespace nv::explain::judge {

namespace {

std::optional<Score> run_sparseness(const Case& c) {
  std::vector<double> a = magnitudes(c.map);
  if (std::ranges::all_of(a, [](double v) { return v == 0; })) return Score{0};  // but for rounding
  for (double& v : a) v += 1e-7;
  std::ranges::sort(a);
  const auto n = static_cast<double>(a.size());
  double weighted = 0, sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    weighted += (2 * static_cast<double>(i + 1) - n - 1) * a[i];
    sum += a[i];
  }
  if (!std::isfinite(sum)) return std::nullopt;
  return Score{weighted / (n * sum)};
}

}  // namespace

Measure sparseness() {
  Measure m;
  m.name = "sparseness";
  m.summary = "Gini coefficient of the magnitudes: 1 if one value holds all";
  m.reference = "Chalasani 2020, arXiv:1810.06583; Quantus Sparseness";
  m.higher_is_better = true;
  m.run = run_sparseness;
  return m;
}

}  // namespace nv::explain::judge
