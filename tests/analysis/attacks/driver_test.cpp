// What holds for every attack, whatever it does.
#include "nv/analysis/attacks/driver.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "analysis/attacks/support.h"

namespace nv::test {

namespace {

using attacks::Method;
using attacks::Norm;
using attacks::Outcome;
using attacks::Request;

/// A request under which every attack ends soon.
Request quick(const Method& m) {
  constexpr std::array<std::pair<std::string_view, double>, 9> small{{{"steps", 5},
                                                                      {"search-steps", 3},
                                                                      {"tries", 5},
                                                                      {"population", 6},
                                                                      {"generations", 2},
                                                                      {"queries", 100},
                                                                      {"strengths", 5},
                                                                      {"directions", 3},
                                                                      {"evaluations", 10}}};
  Request r;
  r.eps = 0.2;
  if (m.norms[0] == Norm::l2) r.eps = 2;
  if (m.norms[0] == Norm::l1) r.eps = 30;
  if (m.norms[0] == Norm::l0) r.eps = 100;
  if (m.scope == attacks::Scope::minimum_norm) r.eps.reset();
  for (const auto& [name, value] : small)
    for (const attacks::Parameter& p : m.parameters(m.norms[0]))
      if (p.name == name) r.set.emplace_back(name, value);
  return r;
}

bool same(const Outcome& a, const Outcome& b) {
  return a.point == b.point && a.success == b.success && a.queries == b.queries && a.gradients == b.gradients;
}

}  // namespace

TEST_CASE("the result of an attack does not depend on the batch, the number of threads or the other inputs") {
  for (const Method& m : attacks::methods()) {
    CAPTURE(m.name);
    if (m.joint) continue;
    const std::string name(m.name);
    const auto one = attack_digits(name, quick(m), 3, 1, 1);
    const auto many = attack_digits(name, quick(m), 5, 4, 2);
    REQUIRE(one.size() == 3);
    for (std::size_t i = 0; i < one.size(); ++i) CHECK(same(one[i], many[i]));
  }
}

TEST_CASE("a result is within the bounds and the ball, and a success is adversarial by the model's output") {
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  const auto tasks = digits(oracle, 4);
  for (const Method& m : attacks::methods()) {
    CAPTURE(m.name);
    if (m.joint) continue;
    const attacks::Settings s = attacks::settle(m, quick(m));
    const auto outcomes = attacks::attack(oracle, m, s, tasks, 4);
    for (std::size_t i = 0; i < tasks.size(); ++i) {
      const Outcome& o = outcomes[i];
      REQUIRE(o.point.size() == tasks[i].original.size());
      CHECK(std::ranges::all_of(o.point, [](float x) { return x >= 0 && x <= 1; }));
      if (s.eps && o.success)
        CHECK(attacks::distance(o.point, tasks[i].original, s.norm) <= *s.eps * 1.00001);
      const Tensor output = oracle.outputs(stack(std::vector{oracle.to_input(o.point, tasks[i].layout)}));
      const bool adversarial = predict(output.item(0).values(), "softmax", {})->index != tasks[i].label;
      CHECK((!o.success || adversarial));
      if (m.learn == nullptr) CHECK((o.gradients > 0) == m.gradients);
    }
  }
}

TEST_CASE("a target is reached, not just another class") {
  Request r;
  r.target = 3;
  r.eps = 0.3;
  r.set = {{"steps", 40.0}};
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  const auto tasks = digits(oracle, 4);
  const auto outcomes = attacks::attack(oracle, attacks::find_method("bim"), settings("bim", r), tasks, 4);
  for (const Outcome& o : outcomes) {
    REQUIRE(o.success);
    const Tensor output = oracle.outputs(stack(std::vector{oracle.to_input(o.point, tasks[0].layout)}));
    CHECK(predict(output.item(0).values(), "softmax", {})->index == 3);
  }
}

TEST_CASE("restarts keep the best, and never less than one start finds") {
  Request r;
  r.eps = 0.1;
  const auto once = attack_digits("pgd", r, 10);
  r.restarts = 4;
  const auto often = attack_digits("pgd", r, 10);
  for (std::size_t i = 0; i < once.size(); ++i) CHECK((!once[i].success || often[i].success));
}

TEST_CASE("between batches the driver says how many are done, and an exception there ends the run") {
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  const auto tasks = digits(oracle, 3);
  const auto& bim = attacks::find_method("bim");
  std::size_t last = 0;
  attacks::attack(oracle, bim, settings("bim"), tasks, 2, [&](std::size_t done) {
    CHECK(done >= last);
    last = done;
  });
  CHECK(last == 3);
  CHECK_THROWS_AS(attacks::attack(oracle, bim, settings("bim"), tasks, 2, [](std::size_t) { throw 1; }), int);
}

}  // namespace nv::test
