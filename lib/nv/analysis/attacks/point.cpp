#include "nv/analysis/attacks/point.h"

#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <numeric>
#include <utility>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/kernels/kernel_set.h"

namespace nv::attacks {

namespace {

constexpr std::array<std::pair<std::string_view, Norm>, 4> names{
    {{"L0", Norm::l0}, {"L1", Norm::l1}, {"L2", Norm::l2}, {"Linf", Norm::linf}}};

double norm_from(const NormSums& sums, Norm norm) {
  switch (norm) {
    case Norm::l0:
      return static_cast<double>(sums.nonzero);
    case Norm::l1:
      return sums.absolute;
    case Norm::l2:
      return std::sqrt(sums.squares);
    case Norm::linf:
      return static_cast<double>(sums.largest);
  }
  return 0;
}

NormSums sums_of_difference(Values a, Values b) {
  return kernel_set().loops.norms(static_cast<std::int64_t>(a.size()), a.data(), b.data());
}

/// The soft threshold after which the magnitudes sum to `eps` (Duchi et al. 2008).
double l1_threshold(Point magnitudes, double eps) {
  std::ranges::sort(magnitudes, std::greater{});
  double sum = 0, threshold = 0;
  for (std::size_t k = 0; k < magnitudes.size(); ++k) {
    sum += static_cast<double>(magnitudes[k]);
    const double t = (sum - eps) / static_cast<double>(k + 1);
    if (static_cast<double>(magnitudes[k]) <= t) break;
    threshold = t;
  }
  return threshold;
}

void project_l1(Point& x, Values center, double eps) {
  if (distance(x, center, Norm::l1) <= eps) return;
  Point magnitudes = difference(x, center);
  for (float& m : magnitudes) m = std::abs(m);
  const auto threshold = static_cast<float>(l1_threshold(magnitudes, eps));
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] = center[i] + sign(x[i] - center[i]) * std::max(magnitudes[i] - threshold, 0.0F);
}

void project_l0(Point& x, Values center, double eps) {
  const auto keep = std::min(static_cast<std::size_t>(std::max(eps, 0.0)), x.size());
  std::vector<std::size_t> order(x.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{}, [&](std::size_t i) { return std::abs(x[i] - center[i]); });
  for (const std::size_t i : std::span(order).subspan(keep)) x[i] = center[i];
}

}  // namespace

std::string_view norm_name(Norm norm) {
  return std::ranges::find(names, norm, &std::pair<std::string_view, Norm>::second)->first;
}

Norm parse_norm(std::string_view name) {
  for (const auto& [known, norm] : names)
    if (ascii_lower(known) == ascii_lower(name)) return norm;
  throw_usage("--norm: expected L0, L1, L2 or Linf, got '{}'", one_line(name));
}

double length(Values v, Norm norm) {
  return norm_from(kernel_set().loops.norms(static_cast<std::int64_t>(v.size()), v.data(), nullptr), norm);
}

double distance(Values a, Values b, Norm norm) {
  return norm_from(sums_of_difference(a, b), norm);
}

double Distances::in(Norm norm) const {
  if (norm == Norm::l0) return l0;
  if (norm == Norm::l1) return l1;
  return norm == Norm::l2 ? l2 : linf;
}

Distances distances(Values a, Values b) {
  const NormSums sums = sums_of_difference(a, b);
  return {norm_from(sums, Norm::l0), norm_from(sums, Norm::l1), norm_from(sums, Norm::l2),
          norm_from(sums, Norm::linf)};
}

bool same_bits(Values a, Values b) {
  return a.empty() || std::memcmp(a.data(), b.data(), a.size_bytes()) == 0;
}

double dot(Values a, Values b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

std::size_t outside(Values x, const Bounds& bounds) {
  std::int32_t count = 0;  // as wide as a float, for vectors
  for (const float v : x)
    count += static_cast<std::int32_t>(v >= bounds.low) & static_cast<std::int32_t>(v <= bounds.high);
  return x.size() - static_cast<std::size_t>(count);
}

void clip(Point& x, const Bounds& bounds) {
  for (float& v : x) v = bounds.clamp(v);
}

void project(Point& x, Values center, double eps, Norm norm) {
  const auto radius = static_cast<float>(eps);
  switch (norm) {
    case Norm::linf:
      for (std::size_t i = 0; i < x.size(); ++i)
        x[i] = center[i] + std::clamp(x[i] - center[i], -radius, radius);
      return;
    case Norm::l2:
      if (const double size = distance(x, center, Norm::l2); size > eps) {
        const auto factor = static_cast<float>(eps / size);
        for (std::size_t i = 0; i < x.size(); ++i) x[i] = center[i] + (x[i] - center[i]) * factor;
      }
      return;
    case Norm::l1:
      project_l1(x, center, eps);
      return;
    case Norm::l0:
      project_l0(x, center, eps);
      return;
  }
}

void scale(Point& v, double factor) {
  const auto f = static_cast<float>(factor);
  for (float& x : v) x *= f;
}

void normalize(Point& v, Norm norm) {
  scale(v, 1 / std::max(length(v, norm), 1e-12));
}

Point between(Values a, Values b, double t) {
  Point result(a.size());
  const auto f = static_cast<float>(t);
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] + (b[i] - a[i]) * f;
  return result;
}

Point sum(Values a, Values b, double factor) {
  Point result(a.size());
  const auto f = static_cast<float>(factor);
  for (std::size_t i = 0; i < a.size(); ++i) result[i] = a[i] + b[i] * f;
  return result;
}

Point difference(Values a, Values b) {
  return sum(a, b, -1);
}

}  // namespace nv::attacks
