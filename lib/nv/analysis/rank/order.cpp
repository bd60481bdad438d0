#include "nv/analysis/rank/order.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace nv::rank {

namespace {

/// Positions of the faults, from 1.
std::vector<std::size_t> positions(const std::vector<bool>& faults) {
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < faults.size(); ++i)
    if (faults[i]) found.push_back(i + 1);
  return found;
}

}  // namespace

std::vector<std::size_t> priority_order(std::span<const double> scores, bool lowest_first) {
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) {
    const double x = scores[a], y = scores[b];
    if (std::isnan(x) || std::isnan(y)) return std::isnan(x) && !std::isnan(y);
    return lowest_first ? x < y : x > y;
  });
  return order;
}

double apfd(const std::vector<bool>& faults) {
  const std::vector<std::size_t> found = positions(faults);
  if (found.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double sum = std::accumulate(found.begin(), found.end(), 0.0,
                                     [](double s, std::size_t at) { return s + static_cast<double>(at); });
  const auto n = static_cast<double>(faults.size()), k = static_cast<double>(found.size());
  return 1 - sum / (n * k) + 1 / (2 * n);
}

double best_apfd(std::size_t inputs, std::size_t faults) {
  std::vector<bool> first(inputs, false);
  std::fill_n(first.begin(), faults, true);
  return apfd(first);
}

std::vector<FaultPoint> fault_curve(const std::vector<bool>& faults, std::size_t most) {
  const std::vector<std::size_t> found = positions(faults);
  if (found.empty()) return {};
  const auto n = static_cast<double>(faults.size()), k = static_cast<double>(found.size());
  std::vector<FaultPoint> curve{{0, 0}};
  const std::size_t step = std::max<std::size_t>(1, found.size() / most);
  for (std::size_t i = 0; i < found.size(); ++i)
    if (i % step == 0 || i + 1 == found.size())
      curve.push_back({static_cast<double>(found[i]) / n, static_cast<double>(i + 1) / k});
  if (curve.back().inputs < 1) curve.push_back({1, 1});
  return curve;
}

}  // namespace nv::rank
