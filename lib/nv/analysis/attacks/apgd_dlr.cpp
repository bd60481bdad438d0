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
  return apgd_method("apgd-dlr", "Auto-PGD on the difference of logits ratio loss", run_apgd_dlr);
}

}  // namespace nv::attacks
