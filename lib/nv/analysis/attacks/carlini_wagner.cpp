// Carlini & Wagner's attack in L2: minimises the squared size of the change plus a constant times the
// shortfall of the margin, by Adam, in an unbounded space (tanh).
#include <algorithm>
#include <cmath>

#include "nv/analysis/attacks/adam.h"
#include "nv/analysis/attacks/constant_search.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

/// x = middle + half * tanh(w).
class TanhSpace {
 public:
  explicit TanhSpace(const Bounds& b) : middle_((b.low + b.high) / 2), half_((b.high - b.low) / 2) {}

  Point into(Values x) const {
    Point w(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) w[i] = std::atanh((x[i] - middle_) / half_ * 0.999999F);
    return w;
  }
  Point back(Values w) const {
    Point x(w.size());
    for (std::size_t i = 0; i < w.size(); ++i) x[i] = std::clamp(at(w[i]), middle_ - half_, middle_ + half_);
    return x;
  }
  float at(float w) const { return std::tanh(w) * half_ + middle_; }
  /// dx / dw at x = at(w).
  float slope(float x) const {
    const float t = (x - middle_) / half_;
    return half_ * (1 - t * t);
  }

 private:
  float middle_, half_;
};

std::vector<Parameter> carlini_wagner_parameters(Norm) {
  return {steps(10000),
          {"step-size", "Adam's rate", 0.01, 0, 1e3, false, false},
          whole("search-steps", 9, 1, 100, "constants to try"),
          real("confidence", 0, 0, 1e6, "kappa: by how much the other logit is to lead"),
          real("constant", 1e-3, 1e-12, 1e12, "the first constant"),
          whole("abort-early", 1, 0, 1, "stop a constant that makes no progress")};
}

/// The attack with one constant.
class CarliniWagnerDescent {
 public:
  CarliniWagnerDescent(Attempt& a, double constant)
      : a_(a),
        constant_(static_cast<float>(constant)),
        confidence_(static_cast<float>(a.parameter("confidence"))),
        space_(a.bounds()),
        start_(space_.into(a.original())),
        origin_(space_.back(start_)) {}

  /// Offers adversarial points to `best`. Returns whether there was one.
  Task<bool> run(Best& best) {
    const std::int64_t count = a_.count("steps");
    Point w = start_;
    Adam adam(w.size(), a_.parameter("step-size"));
    DescentProgress progress(count);
    bool found = false;
    const LogitGradient lead_up = shortfall_gradient(a_, constant_, confidence_);
    for (std::int64_t i = 0; i < count; ++i) {
      const Point x = space_.back(w);
      const Answer answer = co_await a_.gradient(x, lead_up);
      const float lead = margin(a_, answer.logits);
      const double loss = static_cast<double>(constant_ * std::max(confidence_ - lead, 0.0F)) +
                          std::pow(distance(x, origin_, Norm::l2) / range(), 2);
      if (answer.adversarial && lead >= confidence_) {
        found = true;
        best.offer(x, distance(x, a_.original(), Norm::l2));
      }
      if (a_.parameter("abort-early") != 0 && !progress.made(i, loss)) break;
      adam.descend(w, gradient(x, answer.gradients[0]));
    }
    co_return found;
  }

 private:
  double range() const { return static_cast<double>(a_.bounds().range()); }

  /// The gradient of the whole loss with respect to w.
  Point gradient(Values x, Point g) const {
    const auto size = static_cast<float>(2 / (range() * range()));
    for (std::size_t i = 0; i < g.size(); ++i)
      g[i] = (g[i] + size * (x[i] - origin_[i])) * space_.slope(x[i]);
    return g;
  }

  Attempt& a_;
  float constant_, confidence_;
  TanhSpace space_;
  Point start_, origin_;
};

}  // namespace

Method carlini_wagner() {
  Method m;
  m.name = "carlini-wagner";
  m.summary = "minimises the change plus a constant times the loss of the attack, by Adam";
  m.reference = "Carlini & Wagner 2016, arXiv:1608.04644; Foolbox";
  m.group = Group::minimum_norm;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = carlini_wagner_parameters;
  m.run = search_constants<CarliniWagnerDescent>;
  return m;
}

}  // namespace nv::attacks
