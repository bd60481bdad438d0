// Inversion: the negative of the image.
#include "nv/analysis/attacks/corruption.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run_inversion(Attempt& a) {
  Point x = a.original();
  for (float& v : x) v = a.bounds().clamp(a.bounds().low + a.bounds().high - v);
  co_return x;
}

}  // namespace

Method inversion() {
  Method m;
  m.name = "inversion";
  m.summary = "the negative of the picture";
  m.reference = "Hosseini 2017, arXiv:1703.06857; Foolbox";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector<Parameter>{}; };
  m.random = false;
  m.gradients = false;
  m.run = run_inversion;
  return m;
}

}  // namespace nv::attacks
