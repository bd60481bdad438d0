// Strong neuron activation coverage (DeepGauge): activations at or above the end of a unit's range.
#include "nv/analysis/rank/coverage_scorer.h"
#include "nv/analysis/rank/list.h"

namespace nv::rank {

namespace {

class UpperBoundaries final : public Criterion {
 public:
  UpperBoundaries(const Setup& setup, const Units& units) {
    const UnitRanges ranges = ranges_of(setup, units);
    const auto factor = static_cast<float>(setup.settings.boundary);
    for (std::size_t u = 0; u < ranges.max.size(); ++u) {
      const float width = factor * ranges.std[u];
      high_.push_back(ranges.max[u] + width);
    }
  }
  std::int64_t sections() const override { return 1; }
  void mark(const UnitLayer& layer, std::span<const float> values,
            std::span<std::uint8_t> marks) const override {
    const float* const high = high_.data() + layer.first;
    for (std::size_t u = 0; u < values.size(); ++u) marks[u] = values[u] >= high[u] ? 1 : 0;
  }

 private:
  std::vector<float> high_;
};

Metric snac_metric(std::string_view name, std::string_view summary, Prioritisation prioritisation) {
  return coverage_metric(name, summary, "Ma 2018 (DeepGauge)", prioritisation, {.ranges = true},
                         [](const Setup& setup, const Units& units) -> std::unique_ptr<Criterion> {
                           return std::make_unique<UpperBoundaries>(setup, units);
                         });
}

}  // namespace

Metric snac() {
  return snac_metric("snac", "units at or above the end of their range", Prioritisation::total);
}
Metric snac_cam() {
  return snac_metric("snac-cam", "snac, by what each input adds", Prioritisation::additional);
}

}  // namespace nv::rank
