// Fast minimum norm: as DDN, for L0, L1, L2 and Linf, with the first radius from the linearised model.
#include "nv/analysis/attacks/fmn.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> fmn_parameters(Norm) {
  const FmnOptions d;
  return {steps(static_cast<double>(d.steps)),
          {"step-size", "of the first step, in ranges of the bounds; the last is a hundredth", d.step_size, 0,
           1e6, false, false},
          real("gamma", d.gamma, 0, 1, "by what share the ball shrinks or grows at first")};
}

/// The first radii as a multiple of the distance to the linearised boundary.
constexpr double beyond = 1.05;

Norm dual(Norm norm) {
  return norm == Norm::l1 ? Norm::linf : norm == Norm::linf ? Norm::l1 : Norm::l2;
}

/// The radius of the ball onto which the next point is projected.
class Radius {
 public:
  explicit Radius(const Attempt& a)
      : l0_(a.norm() == Norm::l0),
        most_(l0_ ? static_cast<double>(a.original().size()) : farthest(a)),
        value_(l0_ ? 1 : std::numeric_limits<double>::infinity()) {}

  /// Updates it after the answer for a point at distance `size`; `to_boundary`: estimated distance to the
  /// boundary.
  void update(bool adversarial, const Best& best, double size, double to_boundary, double gamma) {
    if (l0_) {
      value_ = adversarial ? std::min({value_ - 1, std::floor(value_ * (1 - gamma)), best.size()})
                           : std::max(value_ + 1, std::floor(value_ * (1 + gamma)));
      value_ = std::max(value_, 1.0);
    } else if (adversarial) {
      value_ = std::min(value_ * (1 - gamma), best.size());
    } else {
      value_ = best.found() ? value_ * (1 + gamma) : size + to_boundary;
    }
    value_ = std::min(value_, most_);
  }
  double value() const { return value_; }

 private:
  bool l0_;
  double most_, value_;
};

Task<Point> run_fmn(Attempt& a) {
  return nearest_by_fmn(a, {a.count("steps"), a.parameter("step-size"), a.parameter("gamma")});
}

}  // namespace

Task<Point> nearest_by_fmn(Attempt& a, FmnOptions options) {
  const Point& origin = a.original();
  const double first = options.step_size * static_cast<double>(a.bounds().range());
  Radius radius(a);
  Best best(a);
  Point x = origin;
  const LogitGradient lead = margin_gradient(a);
  for (std::int64_t i = 0, count = options.steps; i < count; ++i) {
    Answer answer = co_await a.gradient(x, lead);
    const double size = a.distance_of(x);
    if (answer.adversarial) best.offer(x, size);
    Point& g = answer.gradients[0];
    hold_at_bounds(a, x, g);
    const auto gap = static_cast<double>(std::abs(margin(a, answer.logits)));
    // Slightly beyond: the bounds cut a part of every step, and the boundary would be approached but not
    // crossed.
    const double to_boundary = beyond * gap / std::max(length(g, dual(a.norm())), 1e-12);
    radius.update(answer.adversarial, best, size, to_boundary,
                  cosine_annealed(options.gamma, 0.001, i, count));
    normalize(g, Norm::l2);
    x = sum(x, g, cosine_annealed(first, first / 100, i, count));
    project(x, origin, radius.value(), a.norm());
    clip(x, a.bounds());
  }
  co_return best.found() ? best.point() : x;
}

Method fmn() {
  Method m;
  m.name = "fmn";
  m.summary = "PGD in a ball that shrinks after a success and grows after a failure";
  m.reference =
      "Pintor 2021, arXiv:2102.12827; Foolbox (whose L2 does not project), going gamma beyond the boundary "
      "at first";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2, Norm::l0, Norm::l1, Norm::linf};
  m.parameters = fmn_parameters;
  m.run = run_fmn;
  return m;
}

}  // namespace nv::attacks
