#include "nv/analysis/attacks/search.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace nv::attacks {

double cosine_annealed(double first, double last, std::int64_t step, std::int64_t count) {
  const double part = static_cast<double>(step) / static_cast<double>(count);
  return last + (first - last) * (1 + std::cos(std::numbers::pi * part)) / 2;
}

Task<Point> bisect(Attempt& a, Point outside, Point inside, int halvings) {
  double low = 0, high = 1;
  Point best = inside;
  for (int i = 0; i < halvings; ++i) {
    const double middle = (low + high) / 2;
    Point x = between(outside, inside, middle);
    const Answer answer = co_await a.query(x);
    (answer.adversarial ? high : low) = middle;
    if (answer.adversarial) best = std::move(x);
  }
  co_return best;
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
