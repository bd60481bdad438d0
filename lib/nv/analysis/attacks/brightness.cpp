// Brightness: the same amount added to all values, or subtracted.
#include "nv/analysis/attacks/corruption.h"
#include "nv/analysis/attacks/list.h"

namespace nv::attacks {

namespace {

/// Adds way * strength, as a share of the range, to each value.
Corruption brighter(const Attempt& a, float way) {
  return [&a, way](double strength) {
    Point x = a.original();
    for (float& v : x) v += way * static_cast<float>(strength) * a.bounds().range();
    return x;
  };
}

Task<Point> run_brightness(Attempt& a) {
  Best best(a);
  Point x;
  for (const float way : {1.0F, -1.0F}) {
    const Corruption change = brighter(a, way);
    x = co_await least_strength(a, change);
    const Answer answer = co_await a.query(x);
    if (answer.adversarial) best.offer(x, a.distance_of(x));
  }
  co_return best.found() ? best.point() : x;
}

}  // namespace

Method brightness() {
  Method m;
  m.name = "brightness";
  m.summary = "makes every value brighter or darker: the least that succeeds";
  m.reference = "Hendrycks 2019, arXiv:1903.12261";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector<Parameter>{strengths(100)}; };
  m.random = false;
  m.gradients = false;
  m.run = run_brightness;
  return m;
}

}  // namespace nv::attacks
