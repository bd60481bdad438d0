// Blending with adversarial uniform noise.
#include "nv/analysis/attacks/corruption.h"
#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/starts.h"

namespace nv::attacks {

namespace {

Task<Point> run_blended_noise(Attempt& a) {
  const Point noise = co_await adversarial_noise(a, a.count("directions"));
  const Corruption blend = [&a, noise](double strength) { return between(a.original(), noise, strength); };
  co_return co_await least_strength(a, blend);
}

}  // namespace

Method blended_noise() {
  Method m;
  m.name = "blended-noise";
  m.summary = "blends the input with noise that has another class: the least that succeeds";
  m.reference = "Foolbox's LinearSearchBlendedUniformNoiseAttack";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) {
    return std::vector<Parameter>{strengths(1000), whole("directions", 1000, 1, 1e9, "noises to try")};
  };
  m.random = true;
  m.gradients = false;
  m.run = run_blended_noise;
  return m;
}

}  // namespace nv::attacks
