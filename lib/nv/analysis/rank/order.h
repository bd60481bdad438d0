// Orders of inputs by score, and how soon they find faults.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace nv::rank {

/// Indices of `scores` from the first to the last to look at: highest score first (or lowest), equal scores
/// in their order. NaN comes first: an input without a score is one to look at.
std::vector<std::size_t> priority_order(std::span<const double> scores, bool lowest_first);

/// Average percentage of faults detected, as Feng 2020 computes it: 1 - (sum of the positions of the faults,
/// from 1) / (n k) + 1 / (2 n), for n inputs with k faults. `faults`: whether each input is one, in the order
/// of the ranking. NaN without faults.
double apfd(const std::vector<bool>& faults);
/// The largest APFD of any order: all faults first. NaN without faults.
double best_apfd(std::size_t inputs, std::size_t faults);

/// Inputs looked at and faults found among them, both as shares from 0 to 1.
struct FaultPoint {
  double inputs = 0, faults = 0;
};
/// The curve of an order, from (0, 0) to (1, 1): a point per fault, at most about `most`. Empty without
/// faults.
std::vector<FaultPoint> fault_curve(const std::vector<bool>& faults, std::size_t most = 400);

}  // namespace nv::rank
