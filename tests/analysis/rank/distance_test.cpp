// Metrics of distance, on activations for which they are known.
#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <numbers>
#include <set>

#include "analysis/rank/support.h"
#include "nv/analysis/rank/order.h"
#include "nv/core/error.h"

namespace nv::rank {

using test::fc2_rows;

TEST_CASE("rank: dsa is a / b, b measured from the nearest input of the same class") {
  test::RankBench bench;
  // Class 0 at 0 and 10 on the first unit, class 1 at 12.
  bench.profile->activations = LayerActivations{"fc2", fc2_rows({{0}, {10}, {12}}), {0, 0, 1}, {}};
  const std::vector<double> scores = bench.scores("dsa", fc2_rows({{1}, {9}, {14}, {3, 4}}), {0, 0, 1, 0});
  CHECK(scores[0] == doctest::Approx(1.0 / 12));  // nearest: 0, whose nearest of class 1 is 12 away
  CHECK(scores[1] == doctest::Approx(1.0 / 2));
  CHECK(scores[2] == doctest::Approx(2.0 / 2));
  CHECK(scores[3] == doctest::Approx(5.0 / 12));
}

TEST_CASE("rank: dsa has no score for a class that the profile does not have, nor for NaN") {
  test::RankBench bench;
  bench.profile->activations = LayerActivations{"fc2", fc2_rows({{0}, {1}}), {0, 1}, {}};
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const std::vector<double> scores = bench.scores("dsa", fc2_rows({{1}, {nan}, {0}}), {5, 0, 0});
  CHECK(std::isnan(scores[0]));
  CHECK(std::isnan(scores[1]));
  CHECK(scores[2] == 0);
  bench.profile->activations->classes = {0, 0};
  CHECK_THROWS_WITH_AS(bench.scores("dsa", fc2_rows({{1}}), {0}), doctest::Contains("same predicted class"),
                       Error);
}

TEST_CASE("rank: mdsa is the squared Mahalanobis distance, directions without variance do not count") {
  test::RankBench bench;
  LayerMoments moments{"fc2", std::vector<double>(test::fc2_units, 0), {}};
  moments.mean[1] = 1;
  moments.covariance.assign(test::fc2_units * test::fc2_units, 0);
  moments.covariance[0] = 4;
  moments.covariance[test::fc2_units + 1] = 1;
  bench.profile->moments = moments;
  const std::vector<double> scores = bench.scores("mdsa", fc2_rows({{2, 1}, {0, 4}, {0, 1, 100}}), {0, 0, 0});
  CHECK(scores[0] == doctest::Approx(1));
  CHECK(scores[1] == doctest::Approx(9));
  CHECK(scores[2] == doctest::Approx(0));
}

TEST_CASE("rank: lsa is the density of Gaussian kernels with Scott's bandwidth") {
  test::RankBench bench;
  bench.profile->activations = LayerActivations{"fc2", fc2_rows({{-1}, {1}}), {0, 1}, {}};
  const Setup setup = bench.setup();
  const auto scorer = parse_metrics("lsa")[0]->make(setup);
  const std::vector<double> scores = bench.scores(*scorer, fc2_rows({{0}, {1000}}), {0, 0});
  // Two inputs in one dimension: variance 2, bandwidth 2^(-1/5).
  const double h2 = 2 * std::pow(2.0, -2.0 / 5);
  CHECK(scores[0] == doctest::Approx(0.5 / h2 + 0.5 * std::log(2 * std::numbers::pi * h2)));
  CHECK(std::isfinite(scores[1]));  // where the density itself is 0 in float64
  CHECK(scores[1] > 1e5);
  CHECK(scorer->note().find("83 of 84 units") != std::string::npos);
  bench.profile->activations->values = fc2_rows({{1}, {1}});
  CHECK_THROWS_WITH_AS(parse_metrics("lsa")[0]->make(bench.setup()), doctest::Contains("do not vary"), Error);
}

TEST_CASE("rank: datis compares what the nearest inputs of the profile support") {
  test::RankBench bench;
  // Three directions; the second input's true class is not the predicted one.
  bench.profile->activations =
      LayerActivations{"fc2", fc2_rows({{1}, {0, 1}, {0, 0, 1}}), {0, 1, 2}, {0, 3, 2}};
  const std::vector<double> scores = bench.scores("datis", fc2_rows({{5}, {1, 1}}), {0, 0});
  // Squared distances: 0, 2, 2; and 2 - sqrt(2) twice, 2.
  const double far = std::exp(-2 / 0.1), near = std::exp(-(2 - std::sqrt(2.0)) / 0.1);
  CHECK(scores[0] == doctest::Approx(far));
  CHECK(scores[1] == doctest::Approx(near / near).epsilon(1e-5));
  CHECK(bench.scores("datis", fc2_rows({{5}}), {1})[0] > 1e8);  // no support at all for class 1
  bench.profile->activations->truth.clear();
  CHECK(parse_metrics("datis")[0]->make(bench.setup())->note().find("make it with --truth") !=
        std::string::npos);
}

TEST_CASE("rank: datis-select prefers inputs that differ among the most doubtful ones") {
  test::RankBench bench;
  bench.profile->activations = LayerActivations{"fc2", fc2_rows({{1}, {0, 1}}), {0, 1}, {0, 1}};
  Setup setup = bench.setup();
  setup.take = 2;
  const auto scorer = parse_metrics("datis-select")[0]->make(setup);
  // By doubt: 0, 1, 2 (alike), 3 (apart), then certain ones.
  std::vector<std::vector<float>> rows{{1, 1}, {1, 1}, {1, 1}, {1, 0.99F, 5}};
  for (int i = 0; i < 16; ++i) rows.push_back({1});
  std::vector<double> scores = bench.scores(*scorer, fc2_rows(rows), std::vector<std::int64_t>(20, 0));
  const std::vector<std::size_t> order = scorer->finish(scores);
  REQUIRE(order.size() == 20);
  CHECK(std::set<std::size_t>(order.begin(), order.end()).size() == 20);
  CHECK(order[0] == 0);
  CHECK(order[1] != 4);
  const std::vector<std::size_t> plain = priority_order(scores, false);
  CHECK(std::set<std::size_t>{order[0], order[1], order[2], order[3]} ==
        std::set<std::size_t>{plain[0], plain[1], plain[2], plain[3]});  // the pool: 2 x 2
}

}  // namespace nv::rank
