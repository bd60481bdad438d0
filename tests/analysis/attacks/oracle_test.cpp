#include "nv/analysis/attacks/oracle.h"

#include <doctest/doctest.h>

#include <cmath>

#include "analysis/attacks/support.h"
#include "nv/core/error.h"

namespace nv::test {

namespace {

using namespace attacks;

/// One question, with the gradient of logit `k`.
Task<Point> ask(Attempt& a, Answer& answer, std::size_t k) {
  const Point x = a.original();
  answer = co_await a.gradient(x, [k](Values, std::span<float> d) { d[k] = 1; });
  co_return x;
}

Answer answer_of(Oracle& oracle, const Point& x, std::size_t k) {
  const Settings s = settings("fgsm");
  const Background background;
  Attempt a(x, {{28, 28, 1}, false}, 0, s, background, 0, false);
  Answer answer;
  const Task<Point> task = ask(a, answer, k);
  task.start();
  Question* const asked = &a.pending();
  oracle.answer({&asked, 1});
  a.resume();
  CHECK(task.done());
  return answer;
}

}  // namespace

TEST_CASE("an answer holds logits, the model's own prediction and gradients that agree with differences") {
  Engine engine = lenet();
  Oracle oracle(engine);
  const Victim v = digits(oracle, 1)[0];
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

TEST_CASE("a lead within the rounding of the logits does not count as fooling") {
  const Settings s = settings("fgsm");
  const Background background;
  const Point x(784, 0.5F);
  Attempt a(x, {{28, 28, 1}, false}, 0, s, background, 0, false);
  const auto fooled = [&](float lead) {
    Attempt::Asking asking = a.query(x);
    Answer answer;
    answer.logits = {20.0F, 20.0F + lead, -5.0F};
    answer.predicted = 1;
    asking.know(answer);
    return asking.await_resume().adversarial;
  };
  CHECK_FALSE(fooled(2e-6F));
  CHECK_FALSE(fooled(1e-4F));
  CHECK(fooled(1e-3F));
}

TEST_CASE("where the preprocessing shifts and scales, attacks work on the picture before it") {
  Engine engine = lenet();
  Oracle plain(engine), scaled(engine, {{2.0F}, {-0.5F}});
  const Victim v = digits(plain, 1)[0];
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
