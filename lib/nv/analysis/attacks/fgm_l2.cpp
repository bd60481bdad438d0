// The fast gradient method: x + eps g / |g|.
#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

Method fgm_l2() {
  Method m;
  m.name = "fgm-l2";
  m.summary = "one step of length eps along the gradient";
  m.reference = "Goodfellow 2014, arXiv:1412.6572; Foolbox";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector<Parameter>{}; };
  m.from_input = true;
  m.run = one_step;
  return m;
}

}  // namespace nv::attacks
