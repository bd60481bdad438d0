// Auto-PGD on the cross-entropy.
#include "nv/analysis/attacks/apgd.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run_apgd_ce(Attempt& a) {
  return climb_by_apgd(a, cross_entropy_loss(a), apgd_options(a));
}

}  // namespace

Method apgd_ce() {
  Method m;
  m.name = "apgd-ce";
  m.summary = "PGD that adapts its step size (Auto-PGD), on the cross-entropy loss";
  m.reference = "Croce & Hein 2020, arXiv:2003.01690; AutoAttack";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf, Norm::l2};
  m.parameters = [](Norm) { return apgd_parameters(); };
  m.random = true;
  m.run = run_apgd_ce;
  return m;
}

}  // namespace nv::attacks
