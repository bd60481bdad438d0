// The fast gradient sign method: x + eps sign(g).
#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run(Attempt& a) {
  Point x = a.original();
  Answer answer = co_await a.ascent(x);
  const Point d = direction(a, x, std::move(answer.gradients[0]));
  step(a, x, d, a.eps());
  co_return x;
}

}  // namespace

Method fgsm() {
  Method m;
  m.name = "fgsm";
  m.summary = "one step along the gradient's signs";
  m.reference = "Goodfellow 2014, arXiv:1412.6572; Foolbox";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf};
  m.parameters = [](Norm) { return std::vector<Parameter>{}; };
  m.run = run;
  return m;
}

}  // namespace nv::attacks
