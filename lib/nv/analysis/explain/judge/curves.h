// What measures that change an input step by step have in common.
#pragma once

#include <vector>

#include "nv/analysis/explain/judge/measure.h"

namespace nv::explain::judge {

/// Positions by the sum of their importances over the channels, largest first, ties in reading order.
std::vector<std::int64_t> positions_by_importance(const Case& c);

/// The class's probability while the positions of `start` become those of `finish` in the order of
/// importance, a row's worth of them (as many as the width) per step: Petsiuk's causal metric. The value is
/// the area below the curve over a width of 1.
Score replaced_by_importance(const Case& c, const Tensor& start, const Tensor& finish);

/// Area below points at distance 1 by the trapezoidal rule; 0 for fewer than two.
double trapezoids(const std::vector<double>& values);

/// The smallest value of a tensor.
float least(const Tensor& x);

}  // namespace nv::explain::judge
