// HopSkipJump: estimates the gradient at the decision boundary from decisions around it, takes a step along
// it, and returns to the boundary.
#include <algorithm>
#include <cmath>
#include <utility>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/search.h"
#include "nv/analysis/attacks/starts.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> hop_skip_jump_parameters(Norm) {
  return {steps(64),
          whole("evaluations", 100, 1, 1e6, "decisions for the first estimate; grows with the root"),
          whole("most-evaluations", 10000, 1, 1e7, "decisions for an estimate at most"),
          real("gamma", 1, 1e-9, 1e9, "precision of the search for the boundary")};
}

class HopSkipJumpWalk {
 public:
  explicit HopSkipJumpWalk(Attempt& a) : a_(a), count_(static_cast<double>(a.original().size())) {}

  /// The adversarial point nearest to the original between it and `x`: on the line (L2), or with changes
  /// clamped (Linf).
  Task<Point> to_boundary(Point x) const {
    const bool linf = a_.norm() == Norm::linf;
    double high = linf ? a_.distance_of(x) : 1, low = 0;
    const double precision =
        high * a_.parameter("gamma") / (linf ? count_ * count_ : count_ * std::sqrt(count_));
    Point best = x;
    while (high - low > precision) {
      const double middle = (low + high) / 2;
      if (middle == low || middle == high) break;
      Point y = cut(x, middle);
      const Answer answer = co_await a_.query(y);
      (answer.adversarial ? high : low) = middle;
      if (answer.adversarial) best = std::move(y);
    }
    co_return best;
  }

  /// The estimated gradient from decisions at `tries` random points at distance `delta`: the mean of
  /// directions, each with the sign of its decision, scaled to length 1 (L2), or its signs (Linf).
  Task<Point> direction(Point x, std::int64_t tries, double delta) const {
    std::vector<Point> ways;
    std::vector<double> signs;
    double mean = 0;
    for (std::int64_t i = 0; i < tries; ++i) {
      Point v(x.size());
      for (float& r : v) r = a_.norm() == Norm::linf ? a_.random().uniform(-1, 1) : a_.random().normal();
      normalize(v, Norm::l2);
      Point y = sum(x, v, delta);
      clip(y, a_.bounds());
      const Answer answer = co_await a_.query(y);
      Point way = difference(y, x);
      scale(way, 1 / delta);
      ways.push_back(std::move(way));
      signs.push_back(answer.adversarial ? 1 : -1);
      mean += signs.back() / static_cast<double>(tries);
    }
    Point g(x.size(), 0.0F);
    for (std::size_t i = 0; i < ways.size(); ++i)
      g = sum(g, ways[i], std::abs(mean) == 1 ? signs[i] : signs[i] - mean);
    normalize(g, Norm::l2);
    if (a_.norm() == Norm::linf)
      for (float& v : g) v = sign(v);
    co_return g;
  }

  /// The distance of the points for an estimate.
  double delta(double distance, std::int64_t step) const {
    if (step == 0) return 0.1 * static_cast<double>(a_.bounds().range());
    return a_.parameter("gamma") / count_ * distance;
  }

 private:
  Point cut(const Point& x, double part) const {
    if (a_.norm() != Norm::linf) return between(a_.original(), x, part);
    Point y = x;
    project(y, a_.original(), part, Norm::linf);
    return y;
  }

  Attempt& a_;
  double count_;
};

Task<Point> run_hop_skip_jump(Attempt& a) {
  Point x = co_await starting_point(a);
  if (x.empty()) co_return a.original();
  const HopSkipJumpWalk walk(a);
  x = co_await walk.to_boundary(std::move(x));
  Best best(a);
  best.offer(x, a.distance_of(x));
  for (std::int64_t i = 0; i < a.count("steps"); ++i) {
    const double far = a.distance_of(x), root = std::sqrt(static_cast<double>(i + 1));
    if (far == 0) break;
    const auto tries = static_cast<std::int64_t>(
        std::min(a.parameter("evaluations") * root, a.parameter("most-evaluations")));
    const Point way = co_await walk.direction(x, tries, std::max(walk.delta(far, i), 1e-9));
    double size = far / root;
    Point y;
    bool found = false;
    for (int halvings = 0; halvings < 40 && !found; ++halvings, size /= 2) {
      y = sum(x, way, size);
      clip(y, a.bounds());
      const Answer answer = co_await a.query(y);
      found = answer.adversarial;
    }
    if (!found) continue;
    y = co_await walk.to_boundary(std::move(y));
    best.offer(y, a.distance_of(y));
    x = std::move(y);
  }
  co_return best.point();
}

}  // namespace

Method hop_skip_jump() {
  Method m;
  m.name = "hop-skip-jump";
  m.summary = "estimates the direction of the boundary from decisions near it, and moves towards the input";
  m.reference = "Chen 2019, arXiv:1904.02144; Foolbox";
  m.group = Group::decision_based;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2, Norm::linf};
  m.parameters = hop_skip_jump_parameters;
  m.random = true;
  m.gradients = false;
  m.examples = true;
  m.run = run_hop_skip_jump;
  return m;
}

}  // namespace nv::attacks
