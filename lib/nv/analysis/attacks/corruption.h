// Changes that know nothing of the model, by strength.
#pragma once

#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

/// The input changed with a strength in (0, 1]; stronger is farther from the input.
using Corruption = std::function<Point(double strength)>;

/// parameter("strengths"): how many are tried before the least that fools is halved in on.
Parameter strengths(double count);

/// The point of the least strength that fools: tried in rising order, then by halving towards the one before.
/// The strongest where none fools.
Task<Point> least_strength(Attempt& a, Corruption corruption);

/// The same for the original plus `noise` times the strength.
Task<Point> least_noise(Attempt& a, Point noise);

}  // namespace nv::attacks
