// Projected gradient descent: steps along the gradient from a random point of the ball.
#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

std::vector<Parameter> pgd_parameters(Norm norm) {
  const auto random = [](double value) {
    return whole("random-start", value, 0, 1, "begin at a random point of the ball");
  };
  if (norm == Norm::l1)
    return {steps(10), step_share(0.2), random(0),
            real("quantile", 0.99, 0, 1, "share of the values that a step leaves alone")};
  if (norm == Norm::l2) return {steps(50), step_share(0.025), random(1)};
  return {steps(40), step_share(0.01 / 0.3), random(1)};
}

Task<Point> run_pgd(Attempt& a) {
  return climb(a, a.parameter("random-start") != 0 ? random_start(a) : a.original());
}

}  // namespace

Method pgd() {
  Method m;
  m.name = "pgd";
  m.summary = "steps along the gradient from a random start, projected back into the ball of radius eps";
  m.reference = "Madry 2017, arXiv:1706.06083; L1: Tramer & Boneh 2019, arXiv:1904.13000; Foolbox";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2, Norm::l1};
  m.parameters = pgd_parameters;
  m.random = true;
  m.run = run_pgd;
  return m;
}

}  // namespace nv::attacks
