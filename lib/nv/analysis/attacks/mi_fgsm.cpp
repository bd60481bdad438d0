// The momentum iterative method: steps along the signs of a running sum of gradients.
#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/momentum.h"

namespace nv::attacks {

namespace {

Task<Point> run_mi_fgsm(Attempt& a) {
  Momentum momentum(a);
  Point x = a.original();
  for (std::int64_t i = a.count("steps"); i > 0; --i) {
    const Answer answer = co_await a.ascent(x);
    momentum.add(answer.gradients[0]);
    step(a, x, direction(a, x, momentum.sum()), a.parameter("step-size"));
  }
  co_return x;
}

}  // namespace

Method mi_fgsm() {
  Method m;
  m.name = "mi-fgsm";
  m.summary = "BIM with momentum: the gradients of earlier steps are added up";
  m.reference = "Dong 2017, arXiv:1710.06081; Foolbox (signs=1)";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf};
  m.parameters = [](Norm) { return Momentum::parameters(0.2); };
  m.from_input = true;
  m.run = run_mi_fgsm;
  return m;
}

}  // namespace nv::attacks
