// The basic iterative method: FGSM in small steps.
#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run_bim(Attempt& a) {
  return climb(a, a.original());
}

}  // namespace

Method bim() {
  Method m;
  m.name = "bim";
  m.summary = "FGSM in many small steps (basic iterative method)";
  m.reference = "Kurakin 2016, arXiv:1607.02533; Foolbox";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = [](Norm) { return std::vector{steps(10), step_share(0.2)}; };
  m.from_input = true;
  m.run = run_bim;
  return m;
}

}  // namespace nv::attacks
