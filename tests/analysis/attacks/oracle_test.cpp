#include "nv/analysis/attacks/oracle.h"

#include <doctest/doctest.h>

#include <cmath>
#include <type_traits>
#include <utility>

#include "analysis/attacks/support.h"
#include "nv/core/error.h"

namespace nv::test {

namespace {

using namespace attacks;

// Points and scalars of a query must be names: temporaries do not compile.
template <typename P>
concept Queried = requires(Attempt& a, P&& point) {
  a.query(std::forward<P>(point));
};
template <typename S>
concept Differentiated = requires(Attempt& a, const Point& x, S&& scalar) {
  a.gradient(x, std::forward<S>(scalar));
};
static_assert(Queried<Point&> && Queried<const Point&> && !Queried<Point>);
static_assert(Differentiated<const LogitGradient&> && !Differentiated<LogitGradient> &&
              !Differentiated<void (*)(Values, std::span<float>)>);
static_assert(!std::is_move_constructible_v<Attempt::PendingQuery>);

/// One query, with the gradient of logit `k`.
Task<Point> ask(Attempt& a, Answer& answer, std::size_t k) {
  const Point x = a.original();
  const LogitGradient logit = [k](Values, std::span<float> d) { d[k] = 1; };
  answer = co_await a.gradient(x, logit);
  co_return x;
}

Answer answer_of(Oracle& oracle, const Point& x, std::size_t k) {
  const Settings s = settings("fgsm");
  const Background background;
  Attempt a(x, {{28, 28, 1}, false}, 0, s, background, 0, false);
  Answer answer;
  const Task<Point> task = ask(a, answer, k);
  task.start();
  Query* const pending = &a.pending();
  oracle.answer({&pending, 1});
  a.resume();
  CHECK(task.done());
  return answer;
}

}  // namespace

TEST_CASE("an answer has logits, the model's prediction, and gradients that agree with differences") {
  Engine engine = lenet();
  Oracle oracle(engine);
  const AttackTask v = digits(oracle, 1)[0];
  const Answer here = answer_of(oracle, v.original, 4);
  CHECK(here.logits.size() == 10);
  CHECK(here.predicted == v.label);
  CHECK(best_other(here.logits, -1) == v.label);
  const std::size_t at = 14 * 28 + 14;
  Point up = v.original, down = v.original;
  up[at] += 1e-2F;
  down[at] -= 1e-2F;
  const double slope =
      static_cast<double>(answer_of(oracle, up, 4).logits[4] - answer_of(oracle, down, 4).logits[4]) / 2e-2;
  CHECK(static_cast<double>(here.gradients[0][at]) == doctest::Approx(slope).epsilon(0.05));
}

TEST_CASE("a margin within the rounding of the logits does not count as adversarial") {
  const Settings s = settings("fgsm");
  const Background background;
  const Point x(784, 0.5F);
  Attempt a(x, {{28, 28, 1}, false}, 0, s, background, 0, false);
  const auto adversarial = [&](float lead) {
    Answer answer;
    answer.logits = {20.0F, 20.0F + lead, -5.0F};
    answer.predicted = 1;
    a.set_first_answer(std::move(answer));
    Attempt::PendingQuery query = a.ascent(x);
    REQUIRE(query.await_ready());
    return query.await_resume().adversarial;
  };
  CHECK_FALSE(adversarial(2e-6F));
  CHECK_FALSE(adversarial(1e-4F));
  CHECK(adversarial(1e-3F));
}

TEST_CASE("if the preprocessing shifts and scales, attacks work on the image before it") {
  Engine engine = lenet();
  Oracle plain(engine), scaled(engine, {{2.0F}, {-0.5F}});
  const AttackTask v = digits(plain, 1)[0];
  const Tensor input = plain.to_input(v.original, v.layout);
  const Point picture = scaled.to_point(input, v.layout);
  CHECK(picture[0] == doctest::Approx(0.25));
  CHECK(scaled.to_input(picture, v.layout)[400] == doctest::Approx(input[400]));
  const Answer a = answer_of(plain, v.original, 0), b = answer_of(scaled, picture, 0);
  CHECK(a.logits[3] == doctest::Approx(b.logits[3]));
  CHECK(2 * a.gradients[0][400] == doctest::Approx(b.gradients[0][400]).epsilon(1e-3));
}

TEST_CASE("models of several inputs, or without a vector of classes, cannot be attacked") {
  Engine several(open_model(NV_FIXTURES "/two_in_two_out/model.h5"), {1});
  CHECK_THROWS_AS(Oracle{several}, Error);
}

}  // namespace nv::test
