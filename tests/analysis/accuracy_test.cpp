#include "nv/analysis/accuracy.h"

#include <doctest/doctest.h>

#include <cmath>

#include "nv/core/error.h"

namespace nv {

TEST_CASE("accuracy, recall and precision are shares of the counts") {
  Confusion c(3);
  c.add(0, 0, true);
  c.add(0, 1, true);
  c.add(0, 1, false);
  c.add(1, 1, true);
  CHECK(c.total() == 4);
  CHECK(c.accuracy() == 0.5);
  CHECK(c.top5_accuracy() == 0.75);
  CHECK(c.count(0, 1) == 2);
  CHECK(c.of_class(0) == 3);
  CHECK(c.recall(0) == doctest::Approx(1.0 / 3));
  CHECK(c.recall(1) == 1);
  CHECK(c.precision(1) == doctest::Approx(1.0 / 3));
}

TEST_CASE("an input without a prediction counts as wrong") {
  Confusion c(2);
  c.add(0, 0, true);
  c.add(0, std::nullopt, false);
  c.add(3, std::nullopt, false);
  CHECK(c.classes() == 4);
  CHECK(c.accuracy() == doctest::Approx(1.0 / 3));
  CHECK(c.of_class(0) == 2);
  CHECK(c.unpredicted(0) == 1);
  CHECK(c.unpredicted(3) == 1);
  CHECK(c.recall(0) == 0.5);
  CHECK(c.recall(3) == 0);
  CHECK(c.precision(0) == 1);
}

TEST_CASE("shares of no inputs are NaN") {
  const Confusion none;
  CHECK(std::isnan(none.accuracy()));
  CHECK(std::isnan(none.top5_accuracy()));
  Confusion c(2);
  c.add(0, 0, true);
  CHECK(std::isnan(c.recall(1)));
  CHECK(std::isnan(c.precision(1)));
}

TEST_CASE("the matrix grows to the largest class seen and keeps its counts") {
  Confusion c;
  c.add(1, 0, true);
  CHECK(c.classes() == 2);
  c.add(0, 4, false);
  CHECK(c.classes() == 5);
  CHECK(c.count(1, 0) == 1);
  CHECK(c.count(0, 4) == 1);
  CHECK(c.count(4, 0) == 0);
  CHECK(c.total() == 2);
}

TEST_CASE("figures of a confusion matrix by their names in JSON") {
  Confusion c(2);
  c.add(0, 0, true);
  c.add(0, 1, true);
  CHECK(figure(c, "accuracy") == 0.5);
  CHECK(figure(c, "top5_accuracy") == 1);
  CHECK_THROWS_AS((void)figure(c, "recall"), Error);
}

TEST_CASE("predictions before and after: changed, right before, right after, no class differs from any") {
  PredictionChanges changes;
  CHECK(std::isnan(changes.accuracy_before()));
  CHECK_FALSE(changes.add(3, 3, 3));
  CHECK(changes.add(3, 4, 3));
  CHECK(changes.add(4, std::nullopt, 4));
  CHECK_FALSE(changes.add(std::nullopt, std::nullopt, 5));
  CHECK(changes.inputs == 4);
  CHECK(changes.changed == 2);
  CHECK(changes.accuracy_before() == 0.75);
  CHECK(changes.accuracy_after() == 0.25);
}

}  // namespace nv
