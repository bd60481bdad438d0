// The fast adaptive boundary attack: projections onto the linearised faces of the class, within the bounds,
// with a bias towards the original.
#include "nv/analysis/attacks/fab.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

/// A linearised face: points z with normal * z = offset.
struct Hyperplane {
  Point normal;
  double offset = 0;
};

/// `x` moved by `t` along the plane's normal (L2) or its signs (Linf), each value clamped to the bounds.
Point moved(const Attempt& a, Values x, const Hyperplane& plane, double t) {
  Point z(x.size());
  const auto size = static_cast<float>(t);
  const bool linf = a.norm() == Norm::linf;
  for (std::size_t i = 0; i < x.size(); ++i)
    z[i] = a.bounds().clamp(x[i] + size * (linf ? sign(plane.normal[i]) : plane.normal[i]));
  return z;
}

/// The point nearest to `x` on the plane within the bounds, or the point of the bounds nearest to the plane.
Point projected(const Attempt& a, Values x, const Hyperplane& plane) {
  const double way = dot(plane.normal, x) < plane.offset ? 1 : -1;
  const auto short_of = [&](Values z) { return way * (plane.offset - dot(plane.normal, z)) > 0; };
  // The longest useful move: every value at a bound.
  const double size = length(plane.normal, Norm::linf);
  double low = 0, high = static_cast<double>(a.bounds().range());
  if (a.norm() == Norm::l2) high /= std::max(size, 1e-30);
  // In L2 small values of the normal may need longer moves.
  for (int i = 0; a.norm() == Norm::l2 && i < 40 && short_of(moved(a, x, plane, way * high)); ++i) high *= 2;
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (short_of(moved(a, x, plane, way * middle)) ? low : high) = middle;
  }
  return moved(a, x, plane, way * high);
}

/// The linearised face of one of `classes` (without the label) that is nearest to `x`.
Hyperplane nearest_plane(const Attempt& a, const Answer& answer, Values x,
                         std::span<const std::size_t> classes) {
  double nearest = std::numeric_limits<double>::infinity();
  Hyperplane plane;
  const auto label = static_cast<std::size_t>(a.label());
  for (std::size_t k = 0; k < classes.size(); ++k) {
    const Point& g = answer.gradients[k];
    const auto gap = static_cast<double>(answer.logits[classes[k]] - answer.logits[label]);
    const double size = length(g, a.norm() == Norm::linf ? Norm::l1 : Norm::l2) + 1e-12;
    if (!(std::abs(gap) / size < nearest)) continue;
    nearest = std::abs(gap) / size;
    plane = {g, dot(g, x) - gap};
  }
  return plane;
}

std::vector<std::size_t> faces(const Attempt& a, std::size_t count, std::optional<std::int64_t> towards) {
  if (towards) return {static_cast<std::size_t>(*towards)};
  std::vector<std::size_t> classes;
  for (std::size_t k = 0; k < count; ++k)
    if (static_cast<std::int64_t>(k) != a.label()) classes.push_back(k);
  return classes;
}

std::vector<Parameter> fab_parameters(Norm) {
  const FabOptions d;
  return {steps(static_cast<double>(d.steps)), real("alpha", d.alpha, 0, 1, "most that the original pulls"),
          real("eta", d.eta, 1, 10, "how far to go beyond the face"),
          real("beta", d.beta, 0, 1, "of the way that is kept after a success")};
}

Task<Point> run_fab(Attempt& a) {
  return nearest_by_fab(a, {a.count("steps"), a.parameter("alpha"), a.parameter("eta"), a.parameter("beta")},
                        a.target());
}

}  // namespace

Task<Point> nearest_by_fab(Attempt& a, FabOptions options, std::optional<std::int64_t> towards) {
  const Point& origin = a.original();
  const auto label = static_cast<std::size_t>(a.label());
  const Answer first = co_await a.query(origin);
  const std::vector<std::size_t> classes = faces(a, first.logits.size(), towards);
  std::vector<LogitGradient> gaps;
  for (const std::size_t k : classes)
    gaps.push_back([label, k](Values, std::span<float> d) {
      d[k] = 1;
      d[label] = -1;
    });
  Best best(a);
  Point x = origin;
  for (std::int64_t i = 0; i < options.steps; ++i) {
    const Answer answer = co_await a.gradients(x, gaps);
    const Hyperplane plane = nearest_plane(a, answer, x, classes);
    if (plane.normal.empty()) break;
    const Point here = projected(a, x, plane), there = projected(a, origin, plane);
    const double from_here = std::max(distance(here, x, a.norm()), 1e-8),
                 from_there = std::max(distance(there, origin, a.norm()), 1e-8);
    const double pull = std::min(from_here / (from_here + from_there), options.alpha);
    x = between(sum(x, difference(here, x), options.eta), sum(origin, difference(there, origin), options.eta),
                pull);
    clip(x, a.bounds());
    const Answer judged = co_await a.query(x);
    if (!judged.adversarial) continue;
    best.offer(x, a.distance_of(x));
    x = between(origin, x, options.beta);
  }
  co_return best.point();
}

Method fab() {
  Method m;
  m.name = "fab";
  m.summary = "projections onto linearised decision boundaries, biased towards the original";
  m.reference = "Croce & Hein 2019, arXiv:1907.02044; AutoAttack";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = fab_parameters;
  m.run = run_fab;
  return m;
}

}  // namespace nv::attacks
