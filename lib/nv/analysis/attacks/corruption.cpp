#include "nv/analysis/attacks/corruption.h"

#include <utility>

namespace nv::attacks {

namespace {
constexpr int halvings = 10;
}

Parameter strengths(double count) {
  return whole("strengths", count, 1, 1e6, "how many to try, evenly spaced, before halving");
}

Task<Point> least_strength(Attempt& a, Corruption corruption) {
  const auto count = static_cast<double>(a.count("strengths"));
  Point x;
  double high = 0, low = 0;
  for (double i = 1; i <= count && high == 0; ++i) {
    x = corruption(i / count);
    clip(x, a.bounds());
    const Answer answer = co_await a.query(x);
    (answer.adversarial ? high : low) = i / count;
  }
  for (int i = 0; i < halvings && high > 0; ++i) {
    const double middle = (low + high) / 2;
    Point y = corruption(middle);
    clip(y, a.bounds());
    const Answer answer = co_await a.query(y);
    (answer.adversarial ? high : low) = middle;
    if (answer.adversarial) x = std::move(y);
  }
  co_return x;
}

Task<Point> least_noise(Attempt& a, Point noise) {
  const Corruption added = [&a, noise = std::move(noise)](double strength) {
    return sum(a.original(), noise, strength);
  };
  return least_strength(a, added);
}

Method noise_method(std::string_view name, std::string_view summary, std::string_view reference, Norm norm,
                    Task<Point> (*run)(Attempt&)) {
  Method m;
  m.name = name;
  m.summary = summary;
  m.reference = reference;
  m.group = Group::corruption;
  m.scope = Scope::minimum_norm;
  m.norms = {norm};
  m.parameters = [](Norm) { return std::vector<Parameter>{strengths(100)}; };
  m.random = true;
  m.gradients = false;
  m.run = run;
  return m;
}

}  // namespace nv::attacks
