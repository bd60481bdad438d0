// Random logit: how similar the map is to that of another class.
#include <algorithm>
#include <cmath>

#include "nv/analysis/explain/judge/list.h"
#include "nv/analysis/explain/judge/maps.h"

namespace nv::explain::judge {

namespace {

constexpr std::size_t window = 7;

/// Mean and sample variances of a window of two series.
struct Moments {
  double a = 0, b = 0, aa = 0, bb = 0, ab = 0;

  Moments(const double* x, const double* y) {
    constexpr auto n = static_cast<double>(window);
    for (std::size_t i = 0; i < window; ++i) {
      a += x[i] / n;
      b += y[i] / n;
    }
    for (std::size_t i = 0; i < window; ++i) {
      aa += (x[i] - a) * (x[i] - a) / (n - 1);
      bb += (y[i] - b) * (y[i] - b) / (n - 1);
      ab += (x[i] - a) * (y[i] - b) / (n - 1);
    }
  }
};

/// Structural similarity of two series (Wang 2004) as scikit-image computes it: mean over all windows of 7.
std::optional<double> series_similarity(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() < window || x.size() != y.size()) return std::nullopt;
  const auto [x_low, x_high] = std::ranges::minmax(x);
  const auto [y_low, y_high] = std::ranges::minmax(y);
  const double range = std::max(x_high, y_high) - std::min(x_low, y_low);
  if (!(range > 0) || !std::isfinite(range)) return std::nullopt;
  const double c1 = 0.01 * range * 0.01 * range, c2 = 0.03 * range * 0.03 * range;
  double sum = 0;
  for (std::size_t i = 0; i + window <= x.size(); ++i) {
    const Moments m(&x[i], &y[i]);
    sum += (2 * m.a * m.b + c1) * (2 * m.ab + c2) / ((m.a * m.a + m.b * m.b + c1) * (m.aa + m.bb + c2));
  }
  return sum / static_cast<double>(x.size() - window + 1);
}

std::optional<Score> run_random_logit(const Case& c) {
  if (c.other_class.empty()) return std::nullopt;
  const auto similarity = series_similarity(scaled_to_one(c.map), scaled_to_one(c.other_class));
  return similarity ? std::optional(Score{*similarity}) : std::nullopt;
}

}  // namespace

Measure random_logit() {
  Measure m;
  m.name = "random-logit";
  m.summary = "structural similarity to the map of another class, drawn at random";
  m.reference = "Sixt 2020, arXiv:1912.09818; Quantus RandomLogit";
  m.random = true;
  m.run = run_random_logit;
  return m;
}

}  // namespace nv::explain::judge
