// One perturbation for all inputs.
#include <doctest/doctest.h>

#include <algorithm>

#include "analysis/attacks/support.h"
#include "nv/core/error.h"

namespace nv::test {

namespace {

using attacks::Norm;
using attacks::Point;
using attacks::Request;

struct Universal {
  Point change;
  std::vector<attacks::AttackTask> tasks;
  std::vector<attacks::Outcome> outcomes;
};

Universal universal(const Request& request, std::size_t batch = 8, int threads = 1) {
  Engine engine = lenet(threads);
  attacks::Oracle oracle(engine);
  const attacks::Method& method = attacks::find_method("universal");
  const attacks::Settings s = settings("universal", request);
  Universal u;
  u.tasks = digits(oracle, 20);
  attacks::Background background;
  for (const attacks::AttackTask& v : u.tasks) background.examples.push_back({v.original, v.layout, v.label});
  background.learnt = method.learn(oracle, s, background, batch, {});
  u.change = background.learnt;
  u.outcomes = attacks::attack(oracle, method, s, u.tasks, batch, {}, background);
  return u;
}

Request of_size(double eps, Norm norm = Norm::linf) {
  Request r;
  r.eps = eps;
  r.norm = norm;
  r.set = {{"passes", 2.0}};
  return r;
}

std::int64_t fooled(const Universal& u) {
  return std::ranges::count_if(u.outcomes, &attacks::Outcome::success);
}

}  // namespace

TEST_CASE("universal: every result is its input plus one change, which is no larger than eps") {
  for (const Norm norm : {Norm::linf, Norm::l2}) {
    const double eps = norm == Norm::linf ? 0.4 : 5;
    const Universal u = universal(of_size(eps, norm));
    CHECK(attacks::length(u.change, norm) <= eps * 1.00001);
    CHECK(fooled(u) >= 5);
    for (std::size_t i = 0; i < u.tasks.size(); ++i) {
      Point expected = attacks::sum(u.tasks[i].original, u.change);
      attacks::clip(expected, {0, 1});
      CHECK(u.outcomes[i].point == expected);
    }
  }
}

TEST_CASE("universal: it ends once enough are fooled, and a larger change fools more") {
  Request little = of_size(0.3);
  little.set = {{"passes", 5.0}, {"fooling-rate", 0.05}};
  CHECK(fooled(universal(little)) >= 1);
  CHECK(fooled(universal(of_size(0.4))) > fooled(universal(of_size(0.1))));
}

TEST_CASE("universal: the same change at any batch and number of threads, another for another seed") {
  const Request r = of_size(0.4);
  const Point change = universal(r).change;
  CHECK(change == universal(r, 3, 2).change);
  Request other = r;
  other.seed = 1;
  CHECK(change != universal(other).change);
}

TEST_CASE("universal: inputs of several sizes are refused") {
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  attacks::Background background;
  background.examples = {{Point(784), {{28, 28, 1}, false}, 0}, {Point(4), {{2, 2, 1}, false}, 0}};
  const attacks::Settings s = settings("universal");
  CHECK_THROWS_WITH_AS(attacks::find_method("universal").learn(oracle, s, background, 8, [] {}),
                       "universal: inputs of several sizes (28 x 28 x 1 and 2 x 2 x 1) cannot be changed by "
                       "one perturbation",
                       Error);
}

}  // namespace nv::test
