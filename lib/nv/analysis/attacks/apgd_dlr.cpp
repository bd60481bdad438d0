// Auto-PGD on the difference of logits ratio.
#include "nv/analysis/attacks/apgd.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run_apgd_dlr(Attempt& a) {
  return climb_by_apgd(a, dlr_loss(a), apgd_options(a));
}

}  // namespace

Method apgd_dlr() {
  Method m;
  m.name = "apgd-dlr";
  m.summary = "Auto-PGD on the difference of logits ratio loss";
  m.reference = "Croce & Hein 2020, arXiv:2003.01690; AutoAttack";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = [](Norm) { return apgd_parameters(); };
  m.random = true;
  m.run = run_apgd_dlr;
  return m;
}

}  // namespace nv::attacks
