// The attacks that follow the gradient: what each does that the others do not.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "analysis/attacks/support.h"

namespace nv::test {

namespace {

using attacks::Norm;
using attacks::Point;
using attacks::Request;

std::vector<attacks::AttackTask> digit_tasks(std::size_t count) {
  Engine engine = lenet();
  attacks::Oracle oracle(engine);
  return digits(oracle, count);
}

Request with_eps(double eps) {
  Request r;
  r.eps = eps;
  return r;
}

std::int64_t successes(const std::vector<attacks::Outcome>& outcomes) {
  return std::ranges::count_if(outcomes, &attacks::Outcome::success);
}

}  // namespace

TEST_CASE("fgsm changes every value by eps or not at all, up to the bounds, one query") {
  const auto from = digit_tasks(3);
  const auto to = attack_digits("fgsm", with_eps(0.1), 3);
  for (std::size_t i = 0; i < to.size(); ++i) {
    CHECK(to[i].queries == 1);
    CHECK(to[i].gradients == 1);
    for (std::size_t k = 0; k < to[i].point.size(); ++k) {
      const float x = to[i].point[k], moved = std::abs(x - from[i].original[k]);
      CHECK((x == 0 || x == 1 || moved == 0 || moved == doctest::Approx(0.1)));
    }
  }
}

TEST_CASE("fgm-l2 moves by eps in the Euclidean norm before the bounds") {
  const auto from = digit_tasks(3);
  const auto to = attack_digits("fgm-l2", with_eps(0.5), 3);
  for (std::size_t i = 0; i < to.size(); ++i) {
    const double moved = attacks::distance(to[i].point, from[i].original, Norm::l2);
    CHECK(moved <= 0.5);
    CHECK(moved > 0.2);
  }
}

TEST_CASE("one step of bim as long as eps is fgsm") {
  Request r = with_eps(0.1);
  r.set = {{"steps", 1.0}, {"step-size", 0.1}};
  const auto bim = attack_digits("bim", r, 3), fgsm = attack_digits("fgsm", with_eps(0.1), 3);
  for (std::size_t i = 0; i < bim.size(); ++i) CHECK(bim[i].point == fgsm[i].point);
}

TEST_CASE("many small steps fool more than one large one") {
  const auto one = successes(attack_digits("fgsm", with_eps(0.15), 20));
  const auto ten = successes(attack_digits("bim", with_eps(0.15), 20));
  CHECK(ten >= one);
  CHECK(successes(attack_digits("pgd", with_eps(0.3), 20)) == 20);
  CHECK(successes(attack_digits("mi-fgsm", with_eps(0.3), 20)) == 20);
  CHECK(successes(attack_digits("ni-fgsm", with_eps(0.3), 20)) >= 19);
}

TEST_CASE("pgd begins at random: another seed ends elsewhere, the same seed at the same point") {
  Request r = with_eps(0.05);
  const auto a = attack_digits("pgd", r, 2), again = attack_digits("pgd", r, 2);
  r.seed = 1;
  const auto other = attack_digits("pgd", r, 2);
  CHECK(a[0].point == again[0].point);
  CHECK(a[0].point != other[0].point);
  r.set = {{"random-start", 0.0}};
  const auto fixed = attack_digits("pgd", r, 2);
  r.seed = 2;
  CHECK(fixed[0].point == attack_digits("pgd", r, 2)[0].point);
}

TEST_CASE("pgd in L1 changes few values") {
  Request r = with_eps(10);
  r.norm = Norm::l1;
  const auto from = digit_tasks(3);
  const auto to = attack_digits("pgd", r, 3);
  for (std::size_t i = 0; i < to.size(); ++i) {
    CHECK(attacks::distance(to[i].point, from[i].original, Norm::l1) <= 10.0001);
    CHECK(attacks::distance(to[i].point, from[i].original, Norm::l0) <= 100);
  }
}

}  // namespace nv::test
