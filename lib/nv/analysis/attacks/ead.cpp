// The elastic-net attack: Carlini & Wagner's loss with an L1 term, minimised by FISTA with shrinkage.
#include <algorithm>
#include <cmath>

#include "nv/analysis/attacks/constant_search.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> ead_parameters(Norm) {
  return {steps(10000),
          {"step-size", "at the start; falls with the square root", 0.01, 0, 1e3, false, false},
          whole("search-steps", 9, 1, 100, "constants to try"),
          real("confidence", 0, 0, 1e6, "by how much the other logit is to lead"),
          real("constant", 1e-3, 1e-12, 1e12, "the first constant"),
          real("beta", 1e-3, 0, 1e3, "weight of L1"),
          whole("abort-early", 1, 0, 1, "stop a constant that makes no progress")};
}

/// The attack with one constant, in units of the bounds' range.
class EadDescent {
 public:
  EadDescent(Attempt& a, double constant)
      : a_(a),
        constant_(static_cast<float>(constant)),
        confidence_(static_cast<float>(a.parameter("confidence"))),
        beta_(static_cast<float>(a.parameter("beta"))),
        range_(a.bounds().range()) {}

  /// Offers adversarial points to `best`. Returns whether there was one.
  Task<bool> run(Best& best) {
    const std::int64_t count = a_.count("steps");
    const Point& origin = a_.original();
    Point x = origin, ahead = origin;
    DescentProgress progress(count);
    bool found = false;
    const LogitGradient lead_up = shortfall_gradient(a_, constant_, confidence_);
    for (std::int64_t i = 0; i < count; ++i) {
      const double share = 1 - static_cast<double>(i) / static_cast<double>(count);
      const Answer answer = co_await a_.gradient(ahead, lead_up);
      const double loss =
          static_cast<double>(constant_ * std::max(confidence_ - margin(a_, answer.logits), 0.0F)) +
          std::pow(size(ahead, Norm::l2), 2);
      const Point before = x;
      x = shrunk(ahead, answer.gradients[0],
                 static_cast<float>(a_.parameter("step-size") * std::sqrt(share)));
      const auto momentum = static_cast<float>(static_cast<double>(i) / static_cast<double>(i + 3));
      ahead = sum(x, difference(x, before), static_cast<double>(momentum));
      if (a_.parameter("abort-early") != 0 && !progress.made(i, loss)) break;
      const Answer there = co_await a_.query(x);
      if (!there.adversarial || margin(a_, there.logits) < confidence_) continue;
      found = true;
      best.offer(x, static_cast<double>(beta_) * size(x, Norm::l1) + std::pow(size(x, Norm::l2), 2));
    }
    co_return found;
  }

 private:
  double size(Values x, Norm norm) const {
    return distance(x, a_.original(), norm) / static_cast<double>(range_);
  }

  /// A gradient step of length `rate` on the loss without L1, then the soft threshold `beta` on the change.
  Point shrunk(Values from, Values g, float rate) const {
    const Bounds& b = a_.bounds();
    const Point& origin = a_.original();
    const float least = beta_ * range_;
    Point x = origin;
    for (std::size_t i = 0; i < x.size(); ++i) {
      const float z = from[i] - rate * (g[i] * range_ * range_ + 2 * (from[i] - origin[i]));
      if (z - origin[i] > least) x[i] = std::min(z - least, b.high);
      if (z - origin[i] < -least) x[i] = std::max(z + least, b.low);
    }
    return x;
  }

  Attempt& a_;
  float constant_, confidence_, beta_, range_;
};

}  // namespace

Method ead() {
  Method m;
  m.name = "ead";
  m.summary = "Carlini & Wagner with the L1 norm added (elastic net): changes few values";
  m.reference = "Chen 2017, arXiv:1709.04114; Foolbox (whose beta is 1e-2)";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l1};
  m.parameters = ead_parameters;
  m.run = search_constants<EadDescent>;
  return m;
}

}  // namespace nv::attacks
