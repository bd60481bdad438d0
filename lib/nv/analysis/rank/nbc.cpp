// Neuron boundary coverage (DeepGauge): activations at or beyond either end of a unit's range.
#include "nv/analysis/rank/coverage_scorer.h"
#include "nv/analysis/rank/list.h"

namespace nv::rank {

namespace {

class Boundaries final : public Criterion {
 public:
  Boundaries(const Setup& setup, const Units& units) {
    const UnitRanges ranges = ranges_of(setup, units);
    const auto factor = static_cast<float>(setup.settings.boundary);
    for (std::size_t u = 0; u < ranges.min.size(); ++u) {
      const float width = factor * ranges.std[u];
      low_.push_back(ranges.min[u] - width);
      high_.push_back(ranges.max[u] + width);
    }
  }
  std::int64_t sections() const override { return 2; }
  void mark(const UnitLayer& layer, std::span<const float> values,
            std::span<std::uint8_t> marks) const override {
    const auto first = static_cast<std::size_t>(layer.first);
    for (std::size_t u = 0; u < values.size(); ++u) {
      marks[2 * u] = values[u] <= low_[first + u] ? 1 : 0;
      marks[2 * u + 1] = values[u] >= high_[first + u] ? 1 : 0;
    }
  }

 private:
  std::vector<float> low_, high_;
};

Metric nbc_metric(std::string_view name, std::string_view summary, Prioritisation prioritisation) {
  return coverage_metric(name, summary, "Ma 2018 (DeepGauge)", prioritisation, {.ranges = true},
                         [](const Setup& setup, const Units& units) -> std::unique_ptr<Criterion> {
                           return std::make_unique<Boundaries>(setup, units);
                         });
}

}  // namespace

Metric nbc() {
  return nbc_metric("nbc", "units at or beyond either end of their range", Prioritisation::total);
}
Metric nbc_cam() {
  return nbc_metric("nbc-cam", "nbc, by what each input adds", Prioritisation::additional);
}

}  // namespace nv::rank
