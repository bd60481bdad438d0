// k-multisection neuron coverage (DeepGauge): the section of a unit's range that its activation is in.
#include <algorithm>

#include "nv/analysis/rank/coverage_scorer.h"
#include "nv/analysis/rank/list.h"

namespace nv::rank {

namespace {

/// Sections are from min + i * step to below min + (i + 1) * step, in float32 as dnn-tip computes them.
class Sections final : public Criterion {
 public:
  Sections(const Setup& setup, const Units& units)
      : sections_(setup.settings.kmnc_sections), ranges_(ranges_of(setup, units)) {
    for (std::size_t u = 0; u < ranges_.min.size(); ++u)
      steps_.push_back((ranges_.max[u] - ranges_.min[u]) / static_cast<float>(sections_));
  }
  std::int64_t sections() const override { return sections_; }
  bool one_of() const override { return true; }
  void section(const UnitLayer& layer, std::span<const float> values,
               std::span<std::uint16_t> sections) const override {
    for (std::size_t u = 0; u < values.size(); ++u)
      sections[u] = section_of(static_cast<std::size_t>(layer.first) + u, values[u]);
  }

 private:
  std::uint16_t section_of(std::size_t unit, float x) const {
    const float low = ranges_.min[unit], step = steps_[unit];
    const auto bound = [&](std::int64_t i) {
      const float offset = step * static_cast<float>(i);
      return low + offset;
    };
    if (!(x >= low) || !(x < bound(sections_))) return none;
    std::int64_t i = std::clamp<std::int64_t>(static_cast<std::int64_t>((x - low) / step), 0, sections_ - 1);
    while (x < bound(i)) --i;
    while (x >= bound(i + 1)) ++i;
    return static_cast<std::uint16_t>(i);
  }

  std::int64_t sections_;
  UnitRanges ranges_;
  std::vector<float> steps_;
};

Metric kmnc_metric(std::string_view name, std::string_view summary, Prioritisation prioritisation) {
  return coverage_metric(name, summary, "Ma 2018 (DeepGauge)", prioritisation, {.ranges = true},
                         [](const Setup& setup, const Units& units) -> std::unique_ptr<Criterion> {
                           return std::make_unique<Sections>(setup, units);
                         });
}

}  // namespace

Metric kmnc() {
  return kmnc_metric("kmnc", "units within their range, of 1000 sections each", Prioritisation::total);
}
Metric kmnc_cam() {
  return kmnc_metric("kmnc-cam", "kmnc, by what each input adds", Prioritisation::additional);
}

}  // namespace nv::rank
