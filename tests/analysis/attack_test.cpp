// What an Attacker makes of inputs: the same as the driver makes of them one by one, at any number of
// threads.
#include "nv/analysis/attack.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "analysis/attacks/support.h"
#include "nv/core/error.h"

namespace nv::test {

namespace {

std::vector<AttackResult> attacked(const std::string& method, const attacks::Request& request, int threads,
                                   std::size_t batch) {
  Engine engine = lenet(threads);
  Attacker attacker(engine, attacks::find_method(method), settings(method, request), digit_spec, {}, {});
  const std::vector<Input> inputs = digit_inputs();
  return attacker.run(inputs, {}, batch, [](std::size_t) {});
}

}  // namespace

TEST_CASE("an attacker's samples are the driver's, whatever the threads and the batch") {
  attacks::Request request;
  request.eps = 0.15;
  for (const std::string method : {"fgsm", "bim", "mi-fgsm", "pgd", "fgm-l2"}) {
    CAPTURE(method);
    const std::vector<attacks::Outcome> alone = attack_digits(method, request, 20);
    for (const std::pair<int, std::size_t> at_once : {std::pair(1, 32), {3, 32}, {3, 2}, {4, 4}}) {
      const int threads = at_once.first;
      CAPTURE(threads);
      const std::vector<AttackResult> together = attacked(method, request, threads, at_once.second);
      REQUIRE(together.size() == alone.size());
      for (std::size_t i = 0; i < alone.size(); ++i) {
        CAPTURE(i);
        CHECK(std::ranges::equal(together[i].sample.values(), alone[i].point));
        CHECK(together[i].queries == alone[i].queries);
        CHECK(together[i].gradients == alone[i].gradients);
        CHECK((together[i].status == AttackStatus::success) == alone[i].success);
        CHECK(together[i].scores_after == alone[i].output);
      }
    }
  }
}

TEST_CASE("progress need not be asked for") {
  attacks::Request request;
  request.eps = 0.15;
  Engine engine = lenet(2);
  Attacker attacker(engine, attacks::find_method("fgsm"), settings("fgsm", request), digit_spec, {}, {});
  CHECK(attacker.run(digit_inputs(), {}, 2, {}).size() == digit_inputs().size());
}

TEST_CASE("inputs of the target class are skipped, others are attacked towards it") {
  attacks::Request request;
  request.eps = 0.3;
  request.target = 3;
  const std::vector<AttackResult> results = attacked("bim", request, 2, 32);
  std::int64_t reached = 0;
  for (const AttackResult& r : results) {
    CHECK((r.status == AttackStatus::skipped) == (r.original->index == 3));
    if (r.status != AttackStatus::success) continue;
    CHECK(r.adversarial->index == 3);
    ++reached;
  }
  CHECK(reached > 5);
}

TEST_CASE("what `round` throws ends the run, on every thread") {
  Engine engine = lenet(2);
  Attacker attacker(engine, attacks::find_method("pgd"), settings("pgd"), digit_spec, {}, {});
  const std::vector<Input> inputs = digit_inputs();
  CHECK_THROWS_AS(attacker.run(inputs, {}, 8, [](std::size_t) { throw Error(ErrorKind::input, "stop"); }),
                  Error);
}

}  // namespace nv::test
