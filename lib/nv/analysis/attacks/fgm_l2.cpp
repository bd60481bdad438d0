// The fast gradient method: x + eps g / |g|.
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

Method fgm_l2() {
  Method m;
  m.name = "fgm-l2";
  m.summary = "one step along the gradient, scaled to length eps";
  m.reference = "Goodfellow 2014, arXiv:1412.6572; Foolbox";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector<Parameter>{}; };
  m.run = run;
  return m;
}

}  // namespace nv::attacks
