// Insertion: how fast the class appears if the most important pixels of a blurred input become sharp first.
#include <algorithm>
#include <array>
#include <cmath>

#include "nv/analysis/explain/judge/curves.h"
#include "nv/analysis/explain/judge/list.h"

namespace nv::explain::judge {

namespace {

constexpr int blur_size = 11;
constexpr double blur_sigma = 5;

/// One axis of the kernel of Petsiuk's code: a unit impulse in an array of 11, smoothed by a Gaussian (sigma
/// 5, cut at 4 sigma) that is reflected at the ends of that array.
std::array<double, blur_size> blur_weights() {
  constexpr int reach = static_cast<int>(4 * blur_sigma + 0.5);
  std::array<double, blur_size> weights{};
  double sum = 0;
  for (int d = -reach; d <= reach; ++d) {
    const double w = std::exp(-0.5 * d * d / (blur_sigma * blur_sigma));
    sum += w;
    // The impulse is at the centre; d away from it, folded back into the array (d c b a | a b c d | d c b a).
    int at = (blur_size / 2 + d) % (2 * blur_size);
    if (at < 0) at += 2 * blur_size;
    if (at >= blur_size) at = 2 * blur_size - 1 - at;
    weights[static_cast<std::size_t>(at)] += w;
  }
  for (double& w : weights) w /= sum;
  return weights;
}

/// One channel of `x` blurred along rows (dy 0, dx 1) or columns; outside of the image there are zeros.
std::vector<double> blurred(const std::vector<double>& x, std::int64_t height, std::int64_t width,
                            bool rows) {
  static const std::array<double, blur_size> weights = blur_weights();
  std::vector<double> y(x.size(), 0.0);
  for (std::int64_t r = 0; r < height; ++r)
    for (std::int64_t c = 0; c < width; ++c) {
      double sum = 0;
      for (int k = 0; k < blur_size; ++k) {
        const std::int64_t rr = rows ? r : r + k - blur_size / 2, cc = rows ? c + k - blur_size / 2 : c;
        if (rr >= 0 && rr < height && cc >= 0 && cc < width)
          sum += weights[static_cast<std::size_t>(k)] * x[static_cast<std::size_t>(rr * width + cc)];
      }
      y[static_cast<std::size_t>(r * width + c)] = sum;
    }
  return y;
}

Tensor blurred_input(const Case& c) {
  const Features& f = c.features;
  Tensor result = c.x.clone();
  for (std::int64_t channel = 0; channel < f.channels; ++channel) {
    std::vector<double> plane;
    for (std::int64_t p = 0; p < f.positions(); ++p)
      plane.push_back(static_cast<double>(c.x[f.place(channel * f.positions() + p)]));
    plane = blurred(blurred(plane, f.height, f.width, true), f.height, f.width, false);
    for (std::int64_t p = 0; p < f.positions(); ++p)
      result[f.place(channel * f.positions() + p)] = static_cast<float>(plane[static_cast<std::size_t>(p)]);
  }
  return result;
}

std::optional<Score> run_insertion(const Case& c) {
  if (!c.features.image) return std::nullopt;
  return replaced_by_importance(c, blurred_input(c), c.x);
}

}  // namespace

Measure insertion() {
  Measure m;
  m.name = "insertion";
  m.summary = "area below the probability while pixels of the blurred input become sharp";
  m.reference = "Petsiuk 2018, arXiv:1806.07421";
  m.higher_is_better = true;
  m.has_curve = true;
  m.run = run_insertion;
  return m;
}

}  // namespace nv::explain::judge
