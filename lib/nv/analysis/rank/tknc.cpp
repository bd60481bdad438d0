// Top-k neuron coverage (DeepGauge): the units with the k largest activations of their layer.
#include <algorithm>
#include <numeric>

#include "nv/analysis/rank/coverage_scorer.h"
#include "nv/analysis/rank/list.h"

namespace nv::rank {

namespace {

/// Of equal activations the last ones count, as with a stable NumPy argsort.
class LargestUnits final : public Criterion {
 public:
  explicit LargestUnits(std::int64_t k) : k_(k) {}
  std::int64_t sections() const override { return 1; }
  void mark(const UnitLayer& /*layer*/, std::span<const float> values,
            std::span<std::uint8_t> marks) const override {
    std::vector<std::size_t> units(values.size());
    std::iota(units.begin(), units.end(), std::size_t{0});
    const auto top = units.begin() + std::min(static_cast<std::ptrdiff_t>(k_), std::ssize(units));
    std::ranges::partial_sort(units, top, [&](std::size_t a, std::size_t b) {
      return values[a] != values[b] ? values[a] > values[b] : a > b;
    });
    std::ranges::fill(marks, std::uint8_t{0});
    for (auto u = units.begin(); u != top; ++u) marks[*u] = 1;
  }

 private:
  std::int64_t k_;
};

Metric tknc_metric(std::string_view name, std::string_view summary, Prioritisation prioritisation) {
  return coverage_metric(name, summary, "Ma 2018 (DeepGauge)", prioritisation, {},
                         [](const Setup& setup, const Units&) -> std::unique_ptr<Criterion> {
                           return std::make_unique<LargestUnits>(setup.settings.tknc_k);
                         });
}

}  // namespace

Metric tknc() {
  return tknc_metric("tknc", "units among the 3 largest of their layer (the same number for all inputs)",
                     Prioritisation::total);
}
Metric tknc_cam() {
  return tknc_metric("tknc-cam", "tknc, by what each input adds", Prioritisation::additional);
}

}  // namespace nv::rank
