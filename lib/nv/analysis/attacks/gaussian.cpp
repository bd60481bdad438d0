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
  return noise_method(
      "gaussian", "adds normal noise: the weakest that succeeds, with a deviation of at most the whole range",
      "Hendrycks 2019, arXiv:1903.12261; Foolbox", Norm::l2, run_gaussian);
}

}  // namespace nv::attacks
