// Uniform noise: one random direction, at the smallest adversarial strength.
#include "nv/analysis/attacks/corruption.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

Task<Point> run_uniform(Attempt& a) {
  Point noise(a.original().size());
  for (float& v : noise) v = a.random().uniform(-1, 1) * a.bounds().range();
  return least_noise(a, std::move(noise));
}

}  // namespace

Method uniform() {
  Method m;
  m.name = "uniform";
  m.summary = "adds uniform noise: the weakest that succeeds";
  m.reference = "Foolbox's LinfAdditiveUniformNoiseAttack, with the least size searched";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::linf};
  m.parameters = [](Norm) { return std::vector<Parameter>{strengths(100)}; };
  m.random = true;
  m.gradients = false;
  m.run = run_uniform;
  return m;
}

}  // namespace nv::attacks
