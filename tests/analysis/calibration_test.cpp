// Calibration: scores of one distribution, ECE of Guo et al. (2017).
#include "nv/analysis/calibration.h"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace nv;

namespace {

ProbabilityScores softmax_scores(const std::vector<float>& output, std::int64_t truth) {
  const auto scores = probability_scores(output, "softmax", truth);
  REQUIRE(scores);
  return *scores;
}

}  // namespace

TEST_CASE("calibration: the scores of a softmax") {
  const ProbabilityScores s = softmax_scores({0.5F, 0.25F, 0.25F}, 1);
  CHECK(s.confidence == 0.5);
  CHECK(s.nll == doctest::Approx(std::log(4.0)));
  CHECK(s.brier == doctest::Approx(0.25 + 0.5625 + 0.0625));
  CHECK(softmax_scores({0.0F, 1.0F}, 1).nll == doctest::Approx(1e-7).epsilon(1e-3));
  CHECK(softmax_scores({0.0F, 1.0F}, 1).brier == 0.0);
}

TEST_CASE(
    "calibration: a true class of probability 0, or that the output does not have, is clipped to 1e-7") {
  const double most = -std::log(1e-7);
  CHECK(softmax_scores({0.0F, 1.0F}, 0).nll == doctest::Approx(most));
  CHECK(softmax_scores({0.0F, 1.0F}, 0).brier == 2.0);
  CHECK(softmax_scores({0.0F, 1.0F}, 7).nll == doctest::Approx(most));
  CHECK(softmax_scores({0.0F, 1.0F}, 7).brier == 2.0);
}

TEST_CASE("calibration: the single unit of a sigmoid is the probability of class 1") {
  const std::vector<float> unit{0.25F};
  const auto zero = probability_scores(unit, "sigmoid", 0), one = probability_scores(unit, "sigmoid", 1);
  REQUIRE((zero && one));
  CHECK(zero->confidence == 0.75);
  CHECK(one->confidence == 0.75);
  CHECK(zero->nll == doctest::Approx(-std::log(0.75)));
  CHECK(one->nll == doctest::Approx(-std::log(0.25)));
  CHECK(zero->brier == doctest::Approx(2 * 0.0625));
}

TEST_CASE("calibration: other outputs are no distributions") {
  const std::vector<float> two{0.5F, 0.5F}, one{0.5F}, bad{NAN, 0.5F};
  CHECK(!probability_scores(two, "", 0));
  CHECK(!probability_scores(two, "sigmoid", 0));
  CHECK(!probability_scores(one, "softmax", 0));
  CHECK(!probability_scores(bad, "softmax", 0));
}

TEST_CASE("calibration: a bin excludes its lower edge, and ECE is the mean gap over the inputs") {
  Calibration c;
  CHECK(std::isnan(c.ece()));
  c.add({1.0, 0.0, 0.0}, true);
  c.add({0.95, 0.5, 0.25}, false);
  c.add({0.5, 1.0, 0.5}, true);
  c.add({0.0, 2.5, 1.25}, false);
  CHECK(c.inputs() == 4);
  // Of 0.95 and 1: accuracy 0.5, confidence 0.975; then gaps of 0.5 and 0.
  CHECK(c.ece() == doctest::Approx((2 * 0.475 + 0.5 + 0) / 4));
  CHECK(c.nll() == 1.0);
  CHECK(c.brier() == 0.5);
  CHECK(c.accuracy() == 0.5);
  CHECK(c.confidence() == doctest::Approx(2.45 / 4));
  const std::vector<Calibration::Bin> bins = c.bins();
  REQUIRE(bins.size() == Calibration::bin_count);
  CHECK(bins.front().inputs == 1);
  CHECK(bins.back().inputs == 2);
  CHECK(bins.back().hi == 1.0);
  CHECK(bins[7].inputs == 1);  // 0.4667 to 0.5333
  CHECK(std::isnan(bins[1].accuracy));
}

TEST_CASE("calibration: a confidence on the edge of two bins is in the lower one") {
  Calibration c;
  c.add({0.6, 0.0, 0.0}, true);
  CHECK(c.bins()[8].inputs == 1);
  CHECK(c.bins()[8].hi == doctest::Approx(0.6));
}
