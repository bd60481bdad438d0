// What attacks that look for the smallest change have in common.
#pragma once

#include <limits>

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// The smallest adversarial point so far; the original where there is none.
class Best {
 public:
  explicit Best(const Attempt& a) : point_(a.original()) {}

  /// Takes `x`, which is adversarial, where `size` is smaller than what it has.
  void offer(const Point& x, double size) {
    if (size < size_) {
      point_ = x;
      size_ = size;
    }
  }
  bool found() const { return size_ < std::numeric_limits<double>::infinity(); }
  /// Infinite where there is none.
  double size() const { return size_; }
  const Point& point() const { return point_; }

 private:
  Point point_;
  double size_ = std::numeric_limits<double>::infinity();
};

/// A step size that falls from `first` to `last` over `count` steps, along half a cosine.
double cosine_annealed(double first, double last, std::int64_t step, std::int64_t count);

/// The point nearest to `outside` on the line to `inside` (adversarial) that is, after `halvings` halvings.
Task<Point> bisect(Attempt& a, Point outside, Point inside, int halvings);

/// Takes from an ascent direction what pushes `x` against the bounds.
void hold_at_bounds(const Attempt& a, Values x, Point& direction);

/// Greatest distance from the original that the bounds allow, in the attack's norm.
double farthest(const Attempt& a);

}  // namespace nv::attacks
