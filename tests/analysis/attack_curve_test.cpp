#include "nv/analysis/attack_curve.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "analysis/attacks/support.h"

namespace nv::test {

namespace {

AttackResult result_of(AttackStatus status, std::optional<std::int64_t> truth, std::int64_t predicted) {
  AttackResult r;
  r.status = status;
  r.truth = truth;
  r.original.emplace();
  r.original->index = predicted;
  return r;
}

}  // namespace

TEST_CASE("growing sizes: each input has the result of the smallest size that fools, as if attacked alone") {
  const std::vector<Input> inputs = digit_inputs();
  const AttackPlan plan = plan_attack(attacks::find_method("fgsm"), {}, {0.05, 0.15, 0.3});
  Engine engine = lenet();
  PlannedAttack attack(engine, plan, digit_spec, {}, {});
  const CurveResults found = attack.run(inputs, {}, 8, [](std::size_t) {});
  std::vector<std::vector<AttackResult>> alone;
  for (const double eps : plan.curve) {
    Attacker attacker(engine, plan.method, settings_at(plan, eps), digit_spec, {}, {});
    alone.push_back(attacker.run(inputs, {}, 8, [](std::size_t) {}));
  }
  std::size_t beyond_first = 0;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    CAPTURE(i);
    std::size_t size = 0;
    std::int64_t queries = alone[0][i].queries;
    while (alone[size][i].status == AttackStatus::failed && size + 1 < alone.size())
      queries += alone[++size][i].queries;
    beyond_first += size > 0 ? 1U : 0U;
    CHECK(found.eps[i] == plan.curve[size]);
    CHECK(found.results[i].status == alone[size][i].status);
    CHECK(std::ranges::equal(found.results[i].sample.values(), alone[size][i].sample.values()));
    CHECK(found.results[i].queries == queries);
  }
  CHECK(beyond_first > 0);
}

TEST_CASE("a method that searches the smallest change runs once, and its change says the size") {
  const AttackPlan plan = plan_attack(attacks::find_method("deepfool"), {}, {0.5, 1, 10});
  Engine engine = lenet();
  PlannedAttack attack(engine, plan, digit_spec, {}, {});
  CHECK(&attack.first() == &attack.last());
  const std::vector<Input> inputs = digit_inputs();
  const CurveResults found = attack.run(inputs, {}, 8, [](std::size_t) {});
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const double size = found.results[i].distances.in(plan.settings.norm);
    CHECK(found.eps[i] == (size <= 0.5 ? 0.5 : size <= 1 ? 1 : 10));
  }
  AttackResult failed = found.results[0];
  failed.status = AttackStatus::failed;
  CHECK(smallest_size(plan, failed) == 10);
}

TEST_CASE("without a curve there is one size and no list of sizes") {
  const AttackPlan plan = plan_attack(attacks::find_method("fgsm"), {});
  Engine engine = lenet();
  PlannedAttack attack(engine, plan, digit_spec, {}, {});
  const std::vector<Input> inputs = digit_inputs();
  CHECK(attack.run(inputs, {}, 8, [](std::size_t) {}).eps.empty());
  CHECK(attack.run(inputs, {}, 8, {}).results.size() == inputs.size());  // without a progress callback
}

TEST_CASE("robust accuracy by size: wrong from the start, fooled at a size, never fooled") {
  RobustnessCurve curve;
  curve.add(result_of(AttackStatus::skipped, 3, 4), 0);             // misclassified
  curve.add(result_of(AttackStatus::success, 3, 3), 0.1);           // right below 0.1
  curve.add(result_of(AttackStatus::failed, 3, 3), 0.2);            // right at all sizes
  curve.add(result_of(AttackStatus::skipped, 3, 3), 0);             // of the target class: right at all sizes
  curve.add(result_of(AttackStatus::error, std::nullopt, 0), 0);    // not counted
  curve.add(result_of(AttackStatus::skipped, std::nullopt, 0), 0);  // not counted
  CHECK(curve.accuracy(0.05) == 0.75);
  CHECK(curve.accuracy(0.1) == 0.5);
  CHECK(curve.accuracy(1) == 0.5);
  CHECK(std::isnan(RobustnessCurve().accuracy(1)));
}

}  // namespace nv::test
