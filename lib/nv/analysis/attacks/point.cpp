#include "nv/analysis/attacks/point.h"

#include <array>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::attacks {

namespace {

constexpr std::array<std::pair<std::string_view, Norm>, 4> names{
    {{"L0", Norm::l0}, {"L1", Norm::l1}, {"L2", Norm::l2}, {"Linf", Norm::linf}}};

/// The sum, or another `join`, of `count` values that `at` gives: in four parts, since a single sum waits for
/// each of its additions.
template <typename Number, typename At, typename Join>
Number joined(std::size_t count, const At& at, const Join& join) {
  Number a{}, b{}, c{}, d{};
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) {
    a = join(a, at(i));
    b = join(b, at(i + 1));
    c = join(c, at(i + 2));
    d = join(d, at(i + 3));
  }
  for (; i < count; ++i) a = join(a, at(i));
  return join(join(a, b), join(c, d));
}

/// Norm of the `count` values that `at` gives.
template <typename At>
double norm_of(std::size_t count, Norm norm, const At& at) {
  const auto sum = [&](const auto& term) {
    return joined<double>(
        count, [&](std::size_t i) { return term(static_cast<double>(at(i))); }, std::plus());
  };
  switch (norm) {
    case Norm::l0:
      return sum([](double x) { return x != 0 ? 1.0 : 0.0; });
    case Norm::l1:
      return sum([](double x) { return std::abs(x); });
    case Norm::l2:
      return std::sqrt(sum([](double x) { return x * x; }));
    case Norm::linf:
      return static_cast<double>(joined<float>(
          count, [&](std::size_t i) { return std::abs(at(i)); },
          [](float a, float b) { return a < b ? b : a; }));
  }
  return 0;
}

/// What is taken off every absolute value so that those left sum to `eps` (Duchi et al. 2008).
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
    if (std::ranges::equal(
            known, name, {}, [](char c) { return std::tolower(c); }, [](char c) { return std::tolower(c); }))
      return norm;
  throw Error(ErrorKind::usage, fmt::format("--norm: no norm '{}'", one_line(name)), "L0, L1, L2, Linf");
}

double length(Values v, Norm norm) {
  return norm_of(v.size(), norm, [&](std::size_t i) { return v[i]; });
}

double distance(Values a, Values b, Norm norm) {
  return norm_of(a.size(), norm, [&](std::size_t i) { return a[i] - b[i]; });
}

double dot(Values a, Values b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
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
