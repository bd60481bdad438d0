#include "nv/analysis/attack_plan.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"

namespace nv {

TEST_CASE("a plan's curve is sorted without repetitions, and its settings are of the largest size") {
  const attacks::Method& pgd = attacks::find_method("pgd");
  const AttackPlan plan = plan_attack(pgd, {}, {0.3, 0.1, 0.3, 0.2});
  CHECK(plan.curve == std::vector<double>{0.1, 0.2, 0.3});
  CHECK(*plan.settings.eps == 0.3);
  CHECK(plan_attack(pgd, {}).curve.empty());
}

TEST_CASE("settings at another size: what is a share of eps follows it, what was set stays") {
  const attacks::Method& pgd = attacks::find_method("pgd");
  const AttackPlan plan = plan_attack(pgd, {}, {0.1, 0.3});
  const double share = plan.settings.parameter("step-size") / 0.3;
  CHECK(settings_at(plan, 0.1).parameter("step-size") == doctest::Approx(share * 0.1));
  attacks::Request request;
  request.set = {{"step-size", 0.01}};
  CHECK(settings_at(plan_attack(pgd, request, {0.1, 0.3}), 0.1).parameter("step-size") == 0.01);
  request.set = {{"no-such", 1}};
  CHECK_THROWS_AS((void)plan_attack(pgd, request), Error);
}

TEST_CASE("a size that allows every change of an input gives a warning") {
  attacks::Request request;
  request.norm = attacks::Norm::l2;
  request.eps = 2;
  const AttackPlan plan = plan_attack(attacks::find_method("pgd"), request);
  CHECK(size_warning(plan, 4).empty());  // no change of 4 values in 0..1 is longer than 2
  CHECK(size_warning(plan, 3).find("no change is larger than 1.73205 in L2") != std::string::npos);
}

}  // namespace nv
