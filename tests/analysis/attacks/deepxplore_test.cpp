// Two models that agree on digits, until DeepXplore moves them: LeNet, and LeNet without some of its filters.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "analysis/attacks/support.h"
#include "nv/analysis/attacks/deepxplore.h"

namespace nv::test {

namespace {

using attacks::Outcome;
using attacks::Point;
using attacks::Request;

struct Pair {
  explicit Pair(int threads = 1) : whole(lenet(threads)), frozen(lenet(threads)), a(whole), b(frozen) {
    frozen.freeze({{1, {0, 3}, {}}});
  }
  Engine whole, frozen;
  attacks::Oracle a, b;
};

std::vector<attacks::AttackTask> agreed(Pair& pair, std::size_t count) {
  std::vector<attacks::AttackTask> tasks = digits(pair.a, 20);
  std::erase_if(tasks, [&](const attacks::AttackTask& v) {
    const Tensor output = pair.b.outputs(stack(std::vector{pair.b.to_input(v.original, v.layout)}));
    return pair.b.predicted(output.item(0).values()) != v.label;
  });
  tasks.resize(std::min(tasks.size(), count));
  return tasks;
}

Request constrained(double constraint) {
  Request r;
  r.set = {{"constraint", constraint}};
  return r;
}

std::vector<Outcome> explore(Pair& pair, const std::vector<attacks::AttackTask>& tasks,
                             const Request& request, std::size_t batch = 8) {
  std::vector<attacks::Oracle*> models{&pair.a, &pair.b};
  const std::vector<NeuronCoverage> coverage{{pair.whole.model(), pair.whole.structure(), 0},
                                             {pair.frozen.model(), pair.frozen.structure(), 0}};
  return attacks::explore(models, coverage, settings("deepxplore", request), tasks, batch);
}

/// The places of the values that changed.
std::vector<std::size_t> changed(const Outcome& o, const attacks::AttackTask& v) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < o.point.size(); ++i)
    if (o.point[i] != v.original[i]) places.push_back(i);
  return places;
}

}  // namespace

TEST_CASE("deepxplore: success is that the models differ, inside the bounds") {
  Pair pair;
  const auto tasks = agreed(pair, 12);
  REQUIRE(tasks.size() >= 8);
  for (const double constraint : {0, 1, 2}) {
    CAPTURE(constraint);
    const auto outcomes = explore(pair, tasks, constrained(constraint));
    CHECK(std::ranges::count_if(outcomes, &Outcome::success) >= 3);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const Outcome& o = outcomes[i];
      CHECK(std::ranges::all_of(o.point, [](float x) { return x >= 0 && x <= 1; }));
      const Tensor input = stack(std::vector{pair.a.to_input(o.point, tasks[i].layout)});
      const Tensor one = pair.a.outputs(input), two = pair.b.outputs(input);
      CHECK((pair.a.predicted(one.item(0).values()) != pair.b.predicted(two.item(0).values())) == o.success);
      CHECK(o.queries == o.gradients + 1);
    }
  }
}

TEST_CASE("deepxplore: light moves all values alike, up or down, as far as the bounds let them") {
  Pair pair;
  const auto tasks = agreed(pair, 8);
  Request r = constrained(0);
  r.set.emplace_back("steps", 1);
  const auto outcomes = explore(pair, tasks, r);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto expected = [&](float way) {
      Point x = tasks[i].original;
      for (float& v : x) v = std::clamp(v + way * 0.1F, 0.0F, 1.0F);
      return x;
    };
    CHECK((outcomes[i].point == expected(1) || outcomes[i].point == expected(-1)));
  }
}

TEST_CASE("deepxplore: an occlusion stays in one rectangle, dark patches turn values black") {
  Pair pair;
  const auto tasks = agreed(pair, 8);
  Request r = constrained(1);
  r.set.emplace_back("rectangle", 6);
  auto outcomes = explore(pair, tasks, r);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    std::set<std::size_t> rows, columns;
    for (const std::size_t place : changed(outcomes[i], tasks[i])) {
      rows.insert(place / 28);
      columns.insert(place % 28);
    }
    REQUIRE_FALSE(rows.empty());
    CHECK(*rows.rbegin() - *rows.begin() < 6);
    CHECK(*columns.rbegin() - *columns.begin() < 6);
  }
  outcomes = explore(pair, tasks, constrained(2));
  for (std::size_t i = 0; i < outcomes.size(); ++i)
    for (const std::size_t place : changed(outcomes[i], tasks[i])) CHECK(outcomes[i].point[place] == 0);
}

TEST_CASE("deepxplore: the same at any batch and number of threads") {
  Pair one, two(2);
  const auto tasks = agreed(one, 7);
  for (const double constraint : {1, 2}) {
    const auto a = explore(one, tasks, constrained(constraint), 1);
    const auto b = explore(two, tasks, constrained(constraint), 5);
    for (std::size_t i = 0; i < a.size(); ++i) {
      CHECK(a[i].point == b[i].point);
      CHECK(a[i].success == b[i].success);
    }
  }
}

TEST_CASE("deepxplore: the neuron to activate pulls too") {
  Pair pair;
  const auto tasks = agreed(pair, 4);
  Request with = constrained(1), without = constrained(1);
  with.set.emplace_back("weight-nc", 100);
  without.set.emplace_back("weight-nc", 0);
  CHECK(explore(pair, tasks, with)[0].point != explore(pair, tasks, without)[0].point);
}

}  // namespace nv::test
