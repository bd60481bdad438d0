// Neuron coverage: activations above a threshold, after scaling to 0..1 over the layer.
#include <algorithm>
#include <array>
#include <cmath>

#include "nv/analysis/rank/coverage_scorer.h"
#include "nv/analysis/rank/list.h"

namespace nv::rank {

namespace {

struct Range {
  float low, high;
};

Range range_of(std::span<const float> values) {
  constexpr std::size_t lanes = 32;  // with fewer, g++ keeps them in memory: four times slower
  std::array<float, lanes> low, high;
  low.fill(values[0]);
  high.fill(values[0]);
  const std::size_t whole = values.size() / lanes * lanes;
  for (std::size_t i = 0; i < whole; i += lanes)
    for (std::size_t j = 0; j < lanes; ++j) {
      const float x = values[i + j];
      low[j] = x < low[j] ? x : low[j];
      high[j] = x > high[j] ? x : high[j];
    }
  for (std::size_t i = whole; i < values.size(); ++i) {
    low[0] = std::min(low[0], values[i]);
    high[0] = std::max(high[0], values[i]);
  }
  return {*std::ranges::min_element(low), *std::ranges::max_element(high)};
}

/// As DeepXplore (Pei 2017) scales: (x - min) / (max - min) over the layer's values for an input. A layer
/// whose values are all equal covers nothing.
class ActivatedUnits final : public Criterion {
 public:
  explicit ActivatedUnits(double threshold) : threshold_(static_cast<float>(threshold)) {}
  std::int64_t sections() const override { return 1; }
  void mark(const UnitLayer& /*layer*/, std::span<const float> values,
            std::span<std::uint8_t> marks) const override {
    const Range range = range_of(values);
    const float width = range.high - range.low;
    if (!(width > 0)) {
      std::ranges::fill(marks, std::uint8_t{0});
      return;
    }
    // Most values are on either side of the threshold by more than rounding can move them.
    const float middle = range.low + threshold_ * width;
    const float slack = (std::abs(range.low) + std::abs(range.high)) * 0x1p-20F;
    const float lower = middle - slack, upper = middle + slack;
    std::uint8_t any_near = 0;
    for (std::size_t u = 0; u < values.size(); ++u) {
      const std::uint8_t above = values[u] > upper ? 1 : 0, below = values[u] < lower ? 1 : 0;
      marks[u] = above;
      any_near = static_cast<std::uint8_t>(any_near | ((above | below) ^ 1));
    }
    if (any_near == 0) return;
    for (std::size_t u = 0; u < values.size(); ++u)
      if (values[u] >= lower && values[u] <= upper)
        marks[u] = (values[u] - range.low) / width > threshold_ ? 1 : 0;
  }

 private:
  float threshold_;
};

Metric nc_metric(std::string_view name, std::string_view summary, Prioritisation prioritisation) {
  return coverage_metric(name, summary, "Pei 2017 (DeepXplore)", prioritisation, {},
                         [](const Setup& setup, const Units&) -> std::unique_ptr<Criterion> {
                           return std::make_unique<ActivatedUnits>(setup.settings.nc_threshold);
                         });
}

}  // namespace

Metric nc() {
  return nc_metric("nc", "units above 0.25 of their layer's range", Prioritisation::total);
}
Metric nc_cam() {
  return nc_metric("nc-cam", "nc, by what each input adds", Prioritisation::additional);
}

}  // namespace nv::rank
