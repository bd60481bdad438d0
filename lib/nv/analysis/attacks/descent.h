// What the attacks that follow the gradient step by step have in common.
#pragma once

#include "nv/analysis/attacks/attempt.h"

namespace nv::attacks {

/// The direction of steepest ascent in the attack's norm: the gradient's signs (Linf), the gradient scaled to
/// length 1 (L2), or the signs of its largest values alone, scaled (L1: sparse descent, Tramer & Boneh 2019;
/// those above the quantile `parameter("quantile")` that do not push against the bounds).
Point direction(const Attempt& a, Values x, Point gradient);

/// `x` one step along `direction`, brought back into the ball and the bounds.
void step(const Attempt& a, Point& x, Values direction, double size);

/// A random point of the ball, inside the bounds: uniform in Linf and L2 (Voelker 2017), by Dirichlet in L1.
Point random_start(Attempt& a);

/// One step of eps from the original.
Task<Point> one_step(Attempt& a);

/// parameter("steps") steps of parameter("step-size") from `x`; the last point.
Task<Point> climb(Attempt& a, Point x);

}  // namespace nv::attacks
