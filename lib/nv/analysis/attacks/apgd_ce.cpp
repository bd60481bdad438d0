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
  return apgd_method("apgd-ce", "PGD that adapts its step size (Auto-PGD), on the cross-entropy loss",
                     run_apgd_ce);
}

}  // namespace nv::attacks
