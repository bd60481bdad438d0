// Shared by attacks that search the smallest change.
#pragma once

#include <limits>

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// The smallest adversarial change so far.
class Best {
 public:
  explicit Best(const Attempt& a) : point_(a.original()) {}

  /// Takes an adversarial point if `size` is smaller than that of the best so far.
  void offer(const Point& x, double size) {
    if (size < size_) {
      point_ = x;
      size_ = size;
    }
  }
  bool found() const { return size_ < std::numeric_limits<double>::infinity(); }
  /// Infinite if nothing was found.
  double size() const { return size_; }
  /// The original if nothing was found.
  const Point& point() const { return point_; }

 private:
  Point point_;
  double size_ = std::numeric_limits<double>::infinity();
};

/// A step size that falls from `first` to `last` over `count` steps, along half a cosine.
double cosine_annealed(double first, double last, std::int64_t step, std::int64_t count);

/// Sets to 0 the components of an ascent direction that push `x` against the bounds.
void hold_at_bounds(const Attempt& a, Values x, Point& direction);

/// Greatest distance from the original within the bounds, in the attack's norm.
double farthest(const Attempt& a);

}  // namespace nv::attacks
