// The Nesterov iterative method: MI-FGSM with the gradient one momentum step ahead.
#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/momentum.h"

namespace nv::attacks {

namespace {

Task<Point> run_ni_fgsm(Attempt& a) {
  Momentum momentum(a);
  const double size = a.parameter("step-size");
  Point x = a.original();
  for (std::int64_t i = a.count("steps"); i > 0; --i) {
    const Point ahead = sum(x, momentum.sum(), size * a.parameter("momentum"));
    const Answer answer = co_await a.ascent(ahead);
    momentum.add(answer.gradients[0]);
    step(a, x, direction(a, x, momentum.sum()), size);
  }
  co_return x;
}

}  // namespace

Method ni_fgsm() {
  Method m;
  m.name = "ni-fgsm";
  m.summary = "MI-FGSM with the gradient taken one momentum step ahead (Nesterov)";
  m.reference = "Lin 2019, arXiv:1908.06281";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf};
  m.parameters = [](Norm) { return Momentum::parameters(0.1); };
  m.run = run_ni_fgsm;
  return m;
}

}  // namespace nv::attacks
