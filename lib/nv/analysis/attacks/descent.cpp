#include "nv/analysis/attacks/descent.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

/// As numpy.quantile by default: linear between neighbours.
float quantile(Point values, double q) {
  std::ranges::sort(values);
  const double at = q * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, values.size() - 1);
  const auto share = static_cast<float>(at - static_cast<double>(below));
  return values[below] + (values[above] - values[below]) * share;
}

Point sparse_direction(const Attempt& a, Values x, Point g) {
  hold_at_bounds(a, x, g);
  Point sizes(g.size());
  for (std::size_t i = 0; i < g.size(); ++i) sizes[i] = std::abs(g[i]);
  const float least = quantile(sizes, a.parameter("quantile"));
  for (std::size_t i = 0; i < g.size(); ++i) g[i] = sizes[i] >= least ? sign(g[i]) : 0;
  normalize(g, Norm::l1);
  return g;
}

/// Uniform in the unit ball: a point on the sphere of two more dimensions, without these.
Point ball(Random& random, std::size_t count) {
  Point v(count + 2);
  for (float& x : v) x = random.normal();
  normalize(v, Norm::l2);
  v.resize(count);
  return v;
}

/// In the unit ball of L1: gaps between sorted uniform numbers, with random signs.
Point cross_polytope(Random& random, std::size_t count) {
  Point v(count);
  for (float& x : v) x = random.uniform(0, 1);
  std::ranges::sort(v);
  for (std::size_t i = count; i-- > 1;) v[i] -= v[i - 1];
  for (float& x : v) x *= random.sign();
  return v;
}

}  // namespace

Point direction(const Attempt& a, Values x, Point gradient) {
  switch (a.norm()) {
    case Norm::l1:
      return sparse_direction(a, x, std::move(gradient));
    case Norm::l2:
      normalize(gradient, Norm::l2);
      return gradient;
    default:
      for (float& v : gradient) v = sign(v);
      return gradient;
  }
}

void step(const Attempt& a, Point& x, Values direction, double size) {
  const auto factor = static_cast<float>(size);
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += factor * direction[i];
  project(x, a.original(), a.eps(), a.norm());
  clip(x, a.bounds());
}

Point random_start(Attempt& a) {
  Point x = a.original();
  Point v;
  switch (a.norm()) {
    case Norm::l1:
      v = cross_polytope(a.random(), x.size());
      break;
    case Norm::l2:
      v = ball(a.random(), x.size());
      break;
    default:
      v.resize(x.size());
      for (float& r : v) r = a.random().uniform(-1, 1);
  }
  x = sum(x, v, a.eps());
  clip(x, a.bounds());
  return x;
}

Task<Point> one_step(Attempt& a) {
  Point x = a.original();
  Answer answer = co_await a.ascent(x);
  const Point d = direction(a, x, std::move(answer.gradients[0]));
  step(a, x, d, a.eps());
  co_return x;
}

Task<Point> climb(Attempt& a, Point x) {
  const double size = a.parameter("step-size");
  for (std::int64_t i = a.count("steps"); i > 0; --i) {
    Answer answer = co_await a.ascent(x);
    const Point d = direction(a, x, std::move(answer.gradients[0]));
    step(a, x, d, size);
  }
  co_return x;
}

}  // namespace nv::attacks
