// Infidelity: whether the map predicts how the class falls as blocks of the input are covered.
#include <algorithm>

#include "nv/analysis/explain/judge/curves.h"
#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/versions.h"

namespace nv::explain::judge {

namespace {

constexpr std::int64_t block = 4;  ///< pixels per side

/// Covers block after block of the image, in reading order; covered ones stay covered, as in Quantus. Those
/// at the lower and right edge are smaller if the size is no multiple of 4 (Quantus fails there).
class Covering {
 public:
  explicit Covering(const Case& c) : c_(c), now_(c.x.clone()), fill_(least(c.x)) {}

  std::int64_t blocks() const { return rows() * columns(); }

  /// Covers block k; returns the sum of importance times the change from the input.
  double cover(std::int64_t k) {
    const Features& f = c_.features;
    const std::int64_t top = k / columns() * block, left = k % columns() * block;
    for (std::int64_t channel = 0; channel < f.channels; ++channel)
      for (std::int64_t r = top; r < std::min(top + block, f.height); ++r)
        for (std::int64_t x = left; x < std::min(left + block, f.width); ++x) {
          const std::int64_t feature = channel * f.positions() + r * f.width + x;
          const std::int64_t at = f.place(feature);
          now_[at] = fill_;
          predicted_ += static_cast<double>(c_.importance(feature)) *
                        (static_cast<double>(c_.x[at]) - static_cast<double>(fill_));
        }
    return predicted_;
  }
  Tensor input() const { return now_.clone(); }

 private:
  std::int64_t rows() const { return (c_.features.height + block - 1) / block; }
  std::int64_t columns() const { return (c_.features.width + block - 1) / block; }

  const Case& c_;
  Tensor now_;
  float fill_;
  double predicted_ = 0;
};

/// What covering the first 1, 2, ... blocks costs, and what the map predicts.
struct Costs {
  std::vector<double> measured, predicted;
};

std::optional<Costs> costs_of(const Case& c) {
  if (!c.features.image) return std::nullopt;
  Covering covering(c);
  const std::int64_t blocks = covering.blocks();
  std::vector<double> predicted{0};
  // The explained number itself (the logit), not the probability.
  const std::vector<double> values = version_values(c.task, 0, blocks + 1, [&](std::int64_t k) {
    if (k > 0) predicted.push_back(covering.cover(k - 1));
    std::vector<Tensor> version = c.task.item(0);
    version[c.features.input] = covering.input();
    return version;
  });
  Costs costs;
  for (std::size_t k = 1; k < values.size(); ++k) {
    costs.measured.push_back(values[0] - values[k]);
    costs.predicted.push_back(predicted[k]);
  }
  return costs;
}

std::optional<Score> run_infidelity(const Case& c) {
  const std::optional<Costs> costs = costs_of(c);
  if (!costs) return std::nullopt;
  double sum = 0;
  for (std::size_t k = 0; k < costs->measured.size(); ++k) {
    const double error = costs->measured[k] - costs->predicted[k];
    sum += error * error;
  }
  return Score{sum / static_cast<double>(costs->measured.size())};
}

/// Of the map times the factor of at least 0 that fits best, as a share of the squared costs: between 0 and 1
/// whatever the map's scale.
std::optional<Score> run_scaled(const Case& c) {
  const std::optional<Costs> costs = costs_of(c);
  if (!costs) return std::nullopt;
  double both = 0, measured = 0, predicted = 0;
  for (std::size_t k = 0; k < costs->measured.size(); ++k) {
    both += costs->measured[k] * costs->predicted[k];
    measured += costs->measured[k] * costs->measured[k];
    predicted += costs->predicted[k] * costs->predicted[k];
  }
  if (!(measured > 0) || !(predicted > 0)) return std::nullopt;
  return Score{both > 0 ? std::max(0.0, 1 - both * both / (measured * predicted)) : 1};
}

}  // namespace

Measure infidelity() {
  Measure m;
  m.name = "infidelity";
  m.summary = "mean squared error of the map as a prediction of what covering blocks of 4 x 4 costs";
  m.reference = "Yeh 2019, arXiv:1901.09392; Quantus Infidelity";
  m.run = run_infidelity;
  m.comparable = false;
  return m;
}

Measure scaled_infidelity() {
  Measure m;
  m.name = "scaled-infidelity";
  m.summary = "infidelity with the best factor for each map, as a share of the squared costs";
  m.reference = "Yeh 2019, arXiv:1901.09392, with the optimal scaling of its authors' code, of at least 0";
  m.run = run_scaled;
  return m;
}

}  // namespace nv::explain::judge
