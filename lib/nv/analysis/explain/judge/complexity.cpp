// Complexity: the entropy of the map's magnitudes.
#include <cmath>

#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/judge/maps.h"

namespace nv::explain::judge {

namespace {

std::optional<Score> run_complexity(const Case& c) {
  const std::vector<double> a = magnitudes(c.map);
  double sum = 0, entropy = 0;
  for (const double v : a) sum += v;
  if (!(sum > 0) || !std::isfinite(sum)) return std::nullopt;
  for (const double v : a) entropy -= v / sum * std::log(v / sum + 1e-12);
  return Score{entropy};
}

}  // namespace

Measure complexity() {
  Measure m;
  m.name = "complexity";
  m.summary = "entropy of the magnitudes: log(number of values) if all are alike";
  m.reference = "Bhatt 2020, arXiv:2005.00631; Quantus Complexity";
  m.run = run_complexity;
  return m;
}

}  // namespace nv::explain::judge
