// Pixel flipping: single values become the input's smallest value, the most important first.
#include <algorithm>
#include <numeric>

#include "nv/analysis/explain/judge/curves.h"
#include "nv/analysis/explain/judge/list.h"
#include "nv/core/error.h"

namespace nv::explain::judge {

namespace {

std::optional<Score> run_pixel_flipping(const Case& c) {
  const std::int64_t count = c.features.count();
  const std::int64_t step = c.options.step > 0 ? c.options.step : count <= 4096 ? 1 : (count + 1023) / 1024;
  if (step > count / 2)
    throw_usage("--judge-step: expected at most {}, half of the values of the input, got {}", count / 2,
                step);
  std::vector<std::int64_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater<>(), [&](std::int64_t k) { return c.importance(k); });
  const float fill = least(c.x);
  Tensor now = c.x.clone();
  std::int64_t done = 0;
  Score score;
  score.first = static_cast<double>(step) / static_cast<double>(count);
  score.curve = c.scores((count + step - 1) / step, [&](std::int64_t k) {
    for (; done < std::min((k + 1) * step, count); ++done)
      now[c.features.place(order[static_cast<std::size_t>(done)])] = fill;
    return now.clone();
  });
  score.value = trapezoids(score.curve);
  return score;
}

}  // namespace

Measure pixel_flipping() {
  Measure m;
  m.name = "pixel-flipping";
  m.summary = "sum of the probability over steps that replace one value by the input's smallest";
  m.reference = "Bach 2015, PLoS ONE 10(7); Quantus PixelFlipping";
  m.has_curve = true;
  m.run = run_pixel_flipping;
  return m;
}

}  // namespace nv::explain::judge
