// Salt and pepper: pixels to the least or the greatest value, as few as fool.
#include <algorithm>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

/// The input with each pixel salted or peppered with probability `share`.
Point speckled(Attempt& a, const Pixels& pixels, double share) {
  Point x = a.original();
  for (std::int64_t p = 0; p < pixels.count(); ++p) {
    const double u = a.random().unit();
    const bool pepper = u < share / 2, salt = u >= 1 - share / 2;
    if (!pepper && !salt) continue;
    for (std::int64_t c = 0; c < pixels.channels(); ++c)
      x[pixels.at(p, c)] = salt ? a.bounds().high : a.bounds().low;
  }
  return x;
}

Task<Point> run(Attempt& a) {
  const Pixels pixels(a.layout());
  const std::int64_t count = a.count("steps");
  double least = 0, most = 1, step = 1 / static_cast<double>(count), share = step;
  Best best(a);
  Point x;
  for (std::int64_t i = 0; i < count; ++i) {
    x = speckled(a, pixels, share);
    const double size = distance(x, a.original(), Norm::l2);
    const Answer answer = co_await a.query(x);
    const bool better = answer.adversarial && size < best.size();
    if (better) {
      best.offer(x, size);
      // Up to a little more than what fooled: fewer pixels are not always nearer.
      least = share / 2;
      most = std::min(share * 1.2, 1.0);
      step = (most - least) / static_cast<double>(count - i);
    }
    share = std::min((better || share == most ? least : share) + step, most);
  }
  co_return best.found() ? best.point() : x;
}

}  // namespace

Method salt_and_pepper() {
  Method m;
  m.name = "salt-and-pepper";
  m.summary = "pixels black or white at random, as few as fool";
  m.reference = "Foolbox's SaltAndPepperNoiseAttack";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector{steps(1000)}; };
  m.random = true;
  m.gradients = false;
  m.run = run;
  return m;
}

}  // namespace nv::attacks
