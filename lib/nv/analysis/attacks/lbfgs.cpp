// Szegedy's attack: minimises |r|^2 + c * cross-entropy(x + r, target) within the bounds by L-BFGS, with a
// search for the smallest c that leads to an adversarial point.
#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

#include "nv/analysis/attacks/constant_search.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/losses.h"
#include "nv/analysis/attacks/search.h"
#include "nv/analysis/gradient.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> lbfgs_parameters(Norm) {
  return {steps(150), whole("search-steps", 20, 1, 200, "constants to try"),
          real("constant", 1e-2, 1e-12, 1e12, "the first constant"),
          whole("memory", 10, 1, 100, "steps that the curvature is taken from")};
}

/// The last steps and their changes of the gradient: an estimate of the inverse Hessian.
class Memory {
 public:
  explicit Memory(std::size_t most) : most_(most) {}

  void add(Point step, Point change) {
    const double product = dot(step, change);
    if (product <= 1e-12 * dot(change, change)) return;  // keeps the estimate positive
    pairs_.push_back({std::move(step), std::move(change), 1 / product});
    if (pairs_.size() > most_) pairs_.pop_front();
  }
  void clear() { pairs_.clear(); }

  /// The estimate times `v` (Nocedal's two-loop recursion).
  Point times(Point v) const {
    std::vector<double> weights(pairs_.size());
    for (std::size_t i = pairs_.size(); i-- > 0;) {
      weights[i] = pairs_[i].inverse * dot(pairs_[i].step, v);
      v = sum(v, pairs_[i].change, -weights[i]);
    }
    if (!pairs_.empty()) {
      const Pair& last = pairs_.back();
      scale(v, 1 / (last.inverse * dot(last.change, last.change)));
    }
    for (std::size_t i = 0; i < pairs_.size(); ++i)
      v = sum(v, pairs_[i].step, weights[i] - pairs_[i].inverse * dot(pairs_[i].change, v));
    return v;
  }

 private:
  struct Pair {
    Point step, change;
    double inverse;
  };
  std::size_t most_;
  std::deque<Pair> pairs_;
};

/// The objective at a point.
struct Evaluation {
  Point x, gradient;
  double loss = 0;
  bool adversarial = false;
};

class Objective {
 public:
  Objective(Attempt& a, std::int64_t target, double constant)
      : a_(a), target_(static_cast<std::size_t>(target)), constant_(constant) {}

  Task<Evaluation> at(Point x) const {
    const LogitGradient entropy = [this](Values logits, std::span<float> d) {
      std::ranges::copy(logits, d.begin());
      cross_entropy_gradient(d, static_cast<std::int64_t>(target_), false);
    };
    Answer answer = co_await a_.gradient(x, entropy);
    Evaluation v{std::move(x), std::move(answer.gradients[0]), 0, answer.adversarial};
    const auto range = static_cast<double>(a_.bounds().range());
    v.loss = std::pow(distance(v.x, a_.original(), Norm::l2) / range, 2) +
             constant_ * cross_entropy(answer.logits, static_cast<std::int64_t>(target_));
    const Point change = difference(v.x, a_.original());
    scale(v.gradient, constant_);
    v.gradient = sum(v.gradient, change, 2 / (range * range));
    co_return v;
  }

 private:
  Attempt& a_;
  std::size_t target_;
  double constant_;
};

/// The gradient without the components whose descent pushes against the bounds.
Point free_part(const Attempt& a, Values x, Point g) {
  scale(g, -1);
  hold_at_bounds(a, x, g);
  scale(g, -1);
  return g;
}

/// Minimises the objective from `start`, clipping each step to the bounds. Offers adversarial points to
/// `best` and returns whether there was one.
Task<bool> minimise(Attempt& a, const Objective& objective, Point start, Best& best) {
  Memory memory(static_cast<std::size_t>(a.count("memory")));
  Evaluation here = co_await objective.at(std::move(start));
  bool found = false;
  for (std::int64_t i = a.count("steps"); i > 0; --i) {
    if (here.adversarial) {
      found = true;
      best.offer(here.x, distance(here.x, a.original(), Norm::l2));
    }
    const Point g = free_part(a, here.x, here.gradient);
    Point way = free_part(a, here.x, memory.times(g));
    if (dot(way, g) <= 0) {
      memory.clear();
      way = g;
    }
    if (length(g, Norm::linf) < 1e-6) break;
    // Limited to a tenth of the range: the first step has no estimate of the curvature.
    double size = 1;
    if (const double longest = length(way, Norm::linf), most = 0.1 * static_cast<double>(a.bounds().range());
        longest > most)
      size = most / longest;
    bool better = false;
    for (int halvings = 0; halvings < 12 && !better; ++halvings, size /= 2) {
      Point x = sum(here.x, way, -size);
      clip(x, a.bounds());
      const Point moved = difference(x, here.x);
      Evaluation there = co_await objective.at(std::move(x));
      // Armijo's condition along the projected step.
      better = there.loss <= here.loss + 1e-4 * dot(here.gradient, moved);
      if (!better) continue;
      memory.add(moved, difference(there.gradient, here.gradient));
      better = here.loss - there.loss > 1e-7 * std::abs(here.loss);
      here = std::move(there);
      if (!better) co_return found || here.adversarial;
    }
    if (!better) break;
  }
  co_return found;
}

Task<Point> run_lbfgs(Attempt& a) {
  Best best(a);
  const Answer first = co_await a.query(a.original());
  const std::int64_t target = a.target().value_or(best_other(first.logits, a.label()));
  ConstantSearch search(a.parameter("constant"));
  for (std::int64_t i = a.count("search-steps"); i > 0; --i) {
    const Objective objective(a, target, search.constant());
    Point start = a.original();
    const bool found = co_await minimise(a, objective, std::move(start), best);
    search.next(found);
  }
  co_return best.point();
}

}  // namespace

Method lbfgs() {
  Method m;
  m.name = "lbfgs";
  m.summary = "minimises the change plus a constant times the loss of the target class, by L-BFGS";
  m.reference = "Szegedy 2013, arXiv:1312.6199; towards the nearest class where no target is given";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = lbfgs_parameters;
  m.run = run_lbfgs;
  return m;
}

}  // namespace nv::attacks
