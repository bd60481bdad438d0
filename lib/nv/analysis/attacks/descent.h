// Shared by attacks that follow the gradient in steps.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// The direction of steepest ascent in the attack's norm: the signs of the gradient (Linf), the gradient
/// scaled to length 1 (L2), or the signs of its largest values only, scaled to length 1 (L1: sparse descent,
/// Tramer & Boneh 2019; values above the quantile parameter("quantile") that do not push against the bounds).
Point direction(const Attempt& a, Values x, Point gradient);

/// Moves `x` by `size` along `direction` and projects it onto the ball and the bounds.
void step(const Attempt& a, Point& x, Values direction, double size);

/// A random point of the ball, within the bounds: uniform in Linf and L2 (Voelker 2017), Dirichlet in L1.
Point random_start(Attempt& a);

/// One step of length eps from the original.
Task<Point> one_step(Attempt& a);

/// parameter("steps") steps of length parameter("step-size") from `x`. Returns the last point.
Task<Point> climb(Attempt& a, Point x);

}  // namespace nv::attacks
