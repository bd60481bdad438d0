// Decoupled direction and norm: steps along the gradient on a sphere that shrinks while the point on it is
// adversarial and grows while it is not.
#include <algorithm>
#include <limits>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> ddn_parameters(Norm) {
  return {steps(100), real("radius", 1, 1e-9, 1e9, "of the first sphere, in ranges of the bounds"),
          real("gamma", 0.05, 0, 1, "by what share the sphere shrinks or grows")};
}

Task<Point> run_ddn(Attempt& a) {
  const Point& origin = a.original();
  const auto range = static_cast<double>(a.bounds().range());
  const double gamma = a.parameter("gamma"), most = farthest(a);
  double radius = a.parameter("radius") * range;
  Point x = origin;
  Best best(a);
  for (std::int64_t i = 0, count = a.count("steps"); i < count; ++i) {
    Answer answer = co_await a.ascent(x);
    if (answer.adversarial) best.offer(x, distance(x, origin, Norm::l2));
    Point& g = answer.gradients[0];
    normalize(g, Norm::l2);
    Point change = difference(sum(x, g, range * cosine_annealed(1, 0.01, i, count)), origin);
    radius = std::min(radius * (answer.adversarial ? 1 - gamma : 1 + gamma), most);
    scale(change, radius / std::max(length(change, Norm::l2), 1e-12));
    x = sum(origin, change);
    clip(x, a.bounds());
  }
  co_return best.found() ? best.point() : x;
}

}  // namespace

Method ddn() {
  Method m;
  m.name = "ddn";
  m.summary = "steps along the gradient; the allowed norm shrinks after a success and grows after a failure";
  m.reference = "Rony 2018, arXiv:1811.09600; Foolbox";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = ddn_parameters;
  m.run = run_ddn;
  return m;
}

}  // namespace nv::attacks
