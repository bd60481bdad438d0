// Contrast reduction: all values move towards one grey.
#include "nv/analysis/attacks/corruption.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run_contrast(Attempt& a) {
  const float target = a.bounds().low + static_cast<float>(a.parameter("target")) * a.bounds().range();
  const Point flat(a.original().size(), target);
  return least_strength(a, [&a, flat](double strength) { return between(a.original(), flat, strength); });
}

}  // namespace

Method contrast() {
  Method m;
  m.name = "contrast";
  m.summary = "moves every value towards a grey: the least that succeeds";
  m.reference = "Hendrycks 2019, arXiv:1903.12261; Foolbox";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) {
    return std::vector<Parameter>{
        strengths(100), real("target", 0.5, 0, 1, "the grey, from the least to the greatest value")};
  };
  m.random = false;
  m.gradients = false;
  m.run = run_contrast;
  return m;
}

}  // namespace nv::attacks
