#include "nv/analysis/attacks/search.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace nv::attacks {

double cosine_annealed(double first, double last, std::int64_t step, std::int64_t count) {
  const double part = static_cast<double>(step) / static_cast<double>(count);
  return last + (first - last) * (1 + std::cos(std::numbers::pi * part)) / 2;
}

void hold_at_bounds(const Attempt& a, Values x, Point& direction) {
  for (std::size_t i = 0; i < x.size(); ++i)
    if ((x[i] <= a.bounds().low && direction[i] < 0) || (x[i] >= a.bounds().high && direction[i] > 0))
      direction[i] = 0;
}

double farthest(const Attempt& a) {
  Point reach(a.original().size());
  for (std::size_t i = 0; i < reach.size(); ++i)
    reach[i] = std::max(a.original()[i] - a.bounds().low, a.bounds().high - a.original()[i]);
  return length(reach, a.norm());
}

}  // namespace nv::attacks
