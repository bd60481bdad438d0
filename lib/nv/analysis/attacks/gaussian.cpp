// Gaussian noise: one random direction, at the smallest adversarial strength.
#include "nv/analysis/attacks/corruption.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run_gaussian(Attempt& a) {
  Point noise(a.original().size());
  for (float& v : noise) v = a.random().normal() * a.bounds().range();
  return least_noise(a, std::move(noise));
}

}  // namespace

Method gaussian() {
  Method m;
  m.name = "gaussian";
  m.summary = "adds normal noise: the weakest that succeeds, with a deviation of at most the whole range";
  m.reference = "Hendrycks 2019, arXiv:1903.12261; Foolbox";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector<Parameter>{strengths(100)}; };
  m.random = true;
  m.gradients = false;
  m.run = run_gaussian;
  return m;
}

}  // namespace nv::attacks
