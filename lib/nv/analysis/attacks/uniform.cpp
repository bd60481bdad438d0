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
  return noise_method("uniform", "adds uniform noise: the weakest that succeeds",
                      "Foolbox's LinfAdditiveUniformNoiseAttack, with the least size searched", Norm::linf,
                      run_uniform);
}

}  // namespace nv::attacks
