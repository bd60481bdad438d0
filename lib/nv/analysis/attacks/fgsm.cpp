// The fast gradient sign method: x + eps sign(g).
#include "nv/analysis/attacks/descent.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

Method fgsm() {
  Method m;
  m.name = "fgsm";
  m.summary = "one step of size eps along the signs of the gradient";
  m.reference = "Goodfellow 2014, arXiv:1412.6572; Foolbox";
  m.group = Group::gradient;
  m.scope = Scope::fixed_epsilon;
  m.norms = {Norm::linf};
  m.parameters = [](Norm) { return std::vector<Parameter>{}; };
  m.from_input = true;
  m.run = one_step;
  return m;
}

}  // namespace nv::attacks
