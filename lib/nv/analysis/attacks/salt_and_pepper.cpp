// Salt and pepper: random pixels set to the smallest or largest value.
#include <algorithm>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include "nv/analysis/attacks/list.h"
#include "nv/analysis/attacks/pixels.h"
#include "nv/analysis/attacks/search.h"

namespace nv::attacks {

namespace {

/// The original with each pixel set to black or white with probability `share`.
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

/// The pixels that differ from the original, largest difference first.
std::vector<std::int64_t> changed(const Attempt& a, const Pixels& pixels, const Point& x) {
  std::vector<double> change(static_cast<std::size_t>(pixels.count()), 0.0);
  std::vector<std::int64_t> which;
  for (std::int64_t p = 0; p < pixels.count(); ++p) {
    double& sum = change[static_cast<std::size_t>(p)];
    for (std::int64_t c = 0; c < pixels.channels(); ++c) {
      const double d = double{x[pixels.at(p, c)]} - a.original()[pixels.at(p, c)];
      sum += d * d;
    }
    if (sum > 0) which.push_back(p);
  }
  std::ranges::stable_sort(which, std::greater<>(),
                           [&](std::int64_t p) { return change[static_cast<std::size_t>(p)]; });
  return which;
}

/// Restores pixels of an adversarial point that it does not need, in groups of decreasing size down to one,
/// until all are needed or `queries` are used up.
Task<Point> sparser(Attempt& a, const Pixels& pixels, Point x, std::int64_t queries) {
  std::vector<std::int64_t> which = changed(a, pixels, x);
  for (std::size_t group = std::max<std::size_t>(which.size() / 2, 1);;) {
    std::vector<std::int64_t> needed;
    for (std::size_t at = 0; at < which.size(); at += group) {
      if (--queries < 0) co_return x;
      const auto some = std::span(which).subspan(at, std::min(group, which.size() - at));
      Point less = x;
      for (const std::int64_t p : some)
        for (std::int64_t c = 0; c < pixels.channels(); ++c)
          less[pixels.at(p, c)] = a.original()[pixels.at(p, c)];
      const Answer answer = co_await a.query(less);
      if (answer.adversarial)
        x = std::move(less);
      else
        needed.insert(needed.end(), some.begin(), some.end());
    }
    if (group == 1 && needed.size() == which.size()) co_return x;
    group = std::max<std::size_t>(group / 2, 1);
    which = std::move(needed);
  }
}

Task<Point> run_salt_and_pepper(Attempt& a) {
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
      // Up to slightly more than this share: fewer pixels are not always nearer.
      least = share / 2;
      most = std::min(share * 1.2, 1.0);
      step = (most - least) / static_cast<double>(count - i);
    }
    share = std::min((better || share == most ? least : share) + step, most);
  }
  if (!best.found()) co_return x;
  co_return co_await sparser(a, pixels, best.point(), count);
}

}  // namespace

Method salt_and_pepper() {
  Method m;
  m.name = "salt-and-pepper";
  m.summary = "sets random pixels to black or white: the fewest that succeed";
  m.reference = "Foolbox's SaltAndPepperNoiseAttack, with pixels put back that need not differ";
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {Norm::l2};
  m.parameters = [](Norm) { return std::vector{steps(1000)}; };
  m.random = true;
  m.gradients = false;
  m.run = run_salt_and_pepper;
  return m;
}

}  // namespace nv::attacks
