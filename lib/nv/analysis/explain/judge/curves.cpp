#include "nv/analysis/explain/judge/curves.h"

#include <algorithm>
#include <numeric>

namespace nv::explain::judge {

std::vector<std::int64_t> positions_by_importance(const Case& c) {
  const std::int64_t positions = c.features.positions();
  std::vector<double> sums(static_cast<std::size_t>(positions), 0.0);
  for (std::size_t k = 0; k < c.map.size(); ++k)
    sums[k % static_cast<std::size_t>(positions)] += static_cast<double>(c.map[k]);
  std::vector<std::int64_t> order(sums.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(),
                           [&](std::int64_t p) { return sums[static_cast<std::size_t>(p)]; });
  return order;
}

Score replaced_by_importance(const Case& c, const Tensor& start, const Tensor& finish) {
  const std::vector<std::int64_t> order = positions_by_importance(c);
  const auto positions = static_cast<std::int64_t>(order.size());
  const std::int64_t step = c.features.image ? c.features.width : 1;
  const std::int64_t steps = (positions + step - 1) / step;
  Tensor now = start.clone();
  std::int64_t done = 0;
  Score score;
  score.curve = c.scores(steps + 1, [&](std::int64_t k) {
    for (; done < std::min(k * step, positions); ++done)
      for (std::int64_t channel = 0; channel < c.features.channels; ++channel) {
        const std::int64_t at = c.features.place(channel * positions + order[static_cast<std::size_t>(done)]);
        now[at] = finish[at];
      }
    return now.clone();
  });
  score.value = trapezoids(score.curve) / static_cast<double>(steps);
  return score;
}

double trapezoids(const std::vector<double>& values) {
  if (values.size() < 2) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) - (values.front() + values.back()) / 2;
}

float least(const Tensor& x) {
  return *std::ranges::min_element(x.values());
}

}  // namespace nv::explain::judge
