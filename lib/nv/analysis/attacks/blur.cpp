// Gaussian blur.
#include <algorithm>
#include <cmath>

#include "nv/analysis/attacks/corruption.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"

namespace nv::attacks {

namespace {

/// Weights as of scipy.ndimage.gaussian_filter: truncated at four standard deviations, with sum 1.
std::vector<double> bell(double sigma) {
  const auto reach = static_cast<std::int64_t>(4 * sigma + 0.5);
  std::vector<double> weights;
  double sum = 0;
  for (std::int64_t k = -reach; k <= reach; ++k) {
    weights.push_back(std::exp(-0.5 * static_cast<double>(k * k) / (sigma * sigma)));
    sum += weights.back();
  }
  for (double& w : weights) w /= sum;
  return weights;
}

/// Index `i` into a line of `count` values that is extended by reflection (d c b a | a b c d | d c b a).
std::int64_t mirrored(std::int64_t i, std::int64_t count) {
  const std::int64_t period = 2 * count, at = ((i % period) + period) % period;
  return at < count ? at : period - 1 - at;
}

/// Blurs `count` values at first, first + stride, ...
void blur_line(Point& x, std::size_t first, std::size_t stride, std::int64_t count,
               std::span<const double> weights) {
  const auto reach = static_cast<std::int64_t>(weights.size() / 2);
  std::vector<float> line(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < line.size(); ++i) line[i] = x[first + i * stride];
  for (std::int64_t i = 0; i < count; ++i) {
    double sum = 0;
    for (std::int64_t k = -reach; k <= reach; ++k)
      sum += weights[static_cast<std::size_t>(k + reach)] *
             static_cast<double>(line[static_cast<std::size_t>(mirrored(i + k, count))]);
    x[first + static_cast<std::size_t>(i) * stride] = static_cast<float>(sum);
  }
}

Point blurred(const Attempt& a, double sigma) {
  const Pixels pixels(a.layout());
  const std::vector<double> weights = bell(sigma);
  Point x = a.original();
  for (std::int64_t c = 0; c < pixels.channels(); ++c) {
    const std::size_t origin = pixels.at(0, c);
    if (pixels.rows() > 1)
      for (std::int64_t column = 0; column < pixels.columns(); ++column)
        blur_line(x, pixels.at(0, column, c), pixels.at(1, 0, c) - origin, pixels.rows(), weights);
    if (pixels.columns() > 1)
      for (std::int64_t row = 0; row < pixels.rows(); ++row)
        blur_line(x, pixels.at(row, 0, c), pixels.at(0, 1, c) - origin, pixels.columns(), weights);
  }
  return x;
}

Task<Point> run_blur(Attempt& a) {
  const Pixels pixels(a.layout());
  const auto most = static_cast<double>(std::max(pixels.rows(), pixels.columns()));
  return least_strength(a, [&a, most](double strength) { return blurred(a, strength * most); });
}

}  // namespace

Method blur() {
  Method m;
  m.name = "blur";
  m.summary = "Gaussian blur: the weakest that succeeds";
  m.reference = "Hendrycks 2019, arXiv:1903.12261; Foolbox";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector{strengths(200)}; };
  m.gradients = false;
  m.run = run_blur;
  return m;
}

}  // namespace nv::attacks
