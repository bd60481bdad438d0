#include "nv/analysis/attacks/starts.h"

#include <limits>
#include <utility>

namespace nv::attacks {

namespace {

const Example* nearest_example(const Attempt& a) {
  const Example* nearest = nullptr;
  double least = std::numeric_limits<double>::infinity();
  for (const Example& e : a.background().examples) {
    if (!a.wanted(e.label) || !(e.layout.shape == a.layout().shape)) continue;
    const double size = a.distance_of(e.point);
    if (!(size < least)) continue;
    least = size;
    nearest = &e;
  }
  return nearest;
}

}  // namespace

Task<Point> adversarial_noise(Attempt& a, std::int64_t tries) {
  Point noise(a.original().size());
  for (std::int64_t i = 0; i < tries; ++i) {
    for (float& v : noise) v = a.random().uniform(a.bounds().low, a.bounds().high);
    const Answer answer = co_await a.query(noise);
    if (answer.adversarial) break;
  }
  co_return noise;
}

Task<Point> starting_point(Attempt& a) {
  if (const Example* nearest = nearest_example(a)) {
    const Answer answer = co_await a.query(nearest->point);
    if (answer.adversarial) co_return nearest->point;
  }
  const Point noise = co_await adversarial_noise(a, 1000);
  constexpr int steps = 50;
  for (int i = 1; i <= steps; ++i) {
    Point x = between(a.original(), noise, static_cast<double>(i) / steps);
    clip(x, a.bounds());
    const Answer answer = co_await a.query(x);
    if (answer.adversarial) co_return x;
  }
  co_return Point{};
}

}  // namespace nv::attacks
