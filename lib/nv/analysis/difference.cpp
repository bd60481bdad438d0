#include "nv/analysis/difference.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/analysis/statistics.h"
#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t window = 7;

/// NaN if one of them is.
double larger(double a, double b) {
  return std::isnan(a) || std::isnan(b) ? nan : std::max(a, b);
}

/// Sums of `values` (rows x columns) over windows of 7 x 7 that lie inside: (rows - 6) x (columns - 6).
std::vector<double> window_sums(const std::vector<double>& values, std::int64_t rows, std::int64_t columns) {
  const std::int64_t inner = columns - window + 1;
  std::vector<double> along(static_cast<std::size_t>(rows * inner));
  for (std::int64_t y = 0; y < rows; ++y)
    for (std::int64_t x = 0; x < inner; ++x) {
      double sum = 0;
      for (std::int64_t k = 0; k < window; ++k) sum += values[static_cast<std::size_t>(y * columns + x + k)];
      along[static_cast<std::size_t>(y * inner + x)] = sum;
    }
  std::vector<double> sums(static_cast<std::size_t>((rows - window + 1) * inner));
  for (std::int64_t y = 0; y + window <= rows; ++y)
    for (std::int64_t x = 0; x < inner; ++x) {
      double sum = 0;
      for (std::int64_t k = 0; k < window; ++k) sum += along[static_cast<std::size_t>((y + k) * inner + x)];
      sums[static_cast<std::size_t>(y * inner + x)] = sum;
    }
  return sums;
}

double mean_similarity(const FeatureMap& a, const FeatureMap& b, double range) {
  const std::size_t n = a.values.size();
  const auto sums = [&](auto&& value) {
    std::vector<double> values(n);
    for (std::size_t i = 0; i < n; ++i)
      values[i] = value(static_cast<double>(a.values[i]), static_cast<double>(b.values[i]));
    return window_sums(values, a.rows, a.cols);
  };
  const auto sa = sums([](double x, double) { return x; }), sb = sums([](double, double y) { return y; });
  const auto saa = sums([](double x, double) { return x * x; });
  const auto sbb = sums([](double, double y) { return y * y; });
  const auto sab = sums([](double x, double y) { return x * y; });
  constexpr double count = window * window, sample = count / (count - 1);
  const double c1 = 0.01 * range * 0.01 * range, c2 = 0.03 * range * 0.03 * range;
  double total = 0;
  for (std::size_t i = 0; i < sa.size(); ++i) {
    const double ua = sa[i] / count, ub = sb[i] / count;
    const double va = sample * (saa[i] / count - ua * ua), vb = sample * (sbb[i] / count - ub * ub);
    const double vab = sample * (sab[i] / count - ua * ub);
    total += (2 * ua * ub + c1) * (2 * vab + c2) / ((ua * ua + ub * ub + c1) * (va + vb + c2));
  }
  return total / static_cast<double>(sa.size());
}

std::optional<double> similarity(const std::vector<FeatureMap>& a, const std::vector<FeatureMap>& b,
                                 double range) {
  if (a.empty() || a[0].rows < window || a[0].cols < window) return std::nullopt;
  if (range == 0) return 1;  // both are constant and the same
  double total = 0;
  for (std::size_t c = 0; c < a.size(); ++c) total += mean_similarity(a[c], b[c], range);
  return total / static_cast<double>(a.size());
}

/// Moments of the pairs of numbers.
struct Sums {
  double a = 0, b = 0, aa = 0, bb = 0, ab = 0;
};

/// Pearson's correlation around the means of a and b; NaN if one is constant. In a second pass: the
/// difference of large sums would lose precision.
double correlation(const Tensor& a, const Tensor& b, double mean_a, double mean_b) {
  double va = 0, vb = 0, vab = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const double x = a[i] - mean_a, y = b[i] - mean_b;
    va += x * x;
    vb += y * y;
    vab += x * y;
  }
  return va > 0 && vb > 0 ? vab / std::sqrt(va * vb) : nan;
}

/// Largest difference first; NaN counts as the largest.
std::vector<ChannelDifference> channel_differences(const std::vector<FeatureMap>& a,
                                                   const std::vector<FeatureMap>& b) {
  std::vector<ChannelDifference> channels;
  for (std::size_t c = 0; c < a.size(); ++c) {
    double sum = 0;
    for (std::size_t i = 0; i < a[c].values.size(); ++i) {
      const double e = static_cast<double>(b[c].values[i]) - static_cast<double>(a[c].values[i]);
      sum += e * e;
    }
    channels.push_back({a[c].channel, std::sqrt(sum)});
  }
  std::ranges::stable_sort(channels, std::greater<>(),
                           [](const ChannelDifference& c) { return std::isnan(c.l2) ? INFINITY : c.l2; });
  return channels;
}

}  // namespace

Difference difference(const Tensor& a, const Tensor& b, bool channels_first) {
  if (!(a.shape() == b.shape()))
    throw_input("outputs of {} and {} cannot be compared", a.shape().str(), b.shape().str());
  Difference d;
  const auto n = static_cast<double>(a.size());
  if (a.size() == 0) return d;
  Sums s;
  double squares = 0, changed = 0;
  float lo = a[0], hi = a[0];
  for (std::int64_t i = 0; i < a.size(); ++i) {
    const double x = a[i], y = b[i], e = y - x;
    squares += e * e;
    d.linf = larger(d.linf, std::abs(e));
    d.mean_abs += std::abs(e) / n;
    changed += a[i] == b[i] ? 0 : 1;
    s.a += x / n;
    s.b += y / n;
    s.aa += x * x;
    s.bb += y * y;
    s.ab += x * y;
    hi = std::max({hi, a[i], b[i]});
    lo = std::min({lo, a[i], b[i]});
  }
  d.l2 = std::sqrt(squares);
  d.relative_l2 = d.l2 == 0 ? 0 : d.l2 / std::sqrt(s.aa);
  d.changed_share = changed / n;
  d.range = std::isnan(d.linf) ? nan : static_cast<double>(hi) - static_cast<double>(lo);
  d.cosine = s.aa > 0 && s.bb > 0 ? s.ab / std::sqrt(s.aa * s.bb) : nan;
  d.pearson = correlation(a, b, s.a, s.b);
  const std::vector<FeatureMap> maps_a = feature_maps(a, channels_first),
                                maps_b = feature_maps(b, channels_first);
  if (a.shape().rank() == 3) d.ssim = similarity(maps_a, maps_b, d.range);
  d.channels = channel_differences(maps_a, maps_b);
  return d;
}

double figure(const Difference& d, std::string_view name) {
  if (name == "l2") return d.l2;
  if (name == "relative_l2") return d.relative_l2;
  if (name == "linf") return d.linf;
  if (name == "mean_abs") return d.mean_abs;
  if (name == "cosine") return d.cosine;
  if (name == "pearson") return d.pearson;
  if (name == "ssim") return d.ssim.value_or(nan);
  throw Error(ErrorKind::usage, fmt::format("no figure '{}'", one_line(name)),
              "l2, relative_l2, linf, mean_abs, cosine, pearson, ssim");
}

}  // namespace nv
