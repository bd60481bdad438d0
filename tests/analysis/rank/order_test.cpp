// Priority orders, APFD and its curve.
#include "nv/analysis/rank/order.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace nv::rank {

TEST_CASE("rank: high scores first, or low ones, equal scores keep their order, NaN is first") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> scores{0.5, 0.9, 0.5, nan, 0.1};
  CHECK(priority_order(scores, false) == std::vector<std::size_t>{3, 1, 0, 2, 4});
  CHECK(priority_order(scores, true) == std::vector<std::size_t>{3, 4, 0, 2, 1});
}

TEST_CASE("rank: APFD of Feng 2020, computed by hand") {
  // Faults at positions 1 and 3 of 4: 1 - (1 + 3) / (4 x 2) + 1 / 8.
  CHECK(apfd({true, false, true, false}) == doctest::Approx(0.625));
  CHECK(apfd({true, true, false, false}) == best_apfd(4, 2));
  CHECK(best_apfd(4, 2) == doctest::Approx(1 - 3.0 / 8 + 1.0 / 8));
  CHECK(apfd({false, false, true, true}) == doctest::Approx(1 - best_apfd(4, 2)));
  CHECK(std::isnan(apfd({false, false})));
  CHECK(std::isnan(best_apfd(0, 0)));
}

TEST_CASE("rank: the curve rises by one fault at each fault, from 0 to 1") {
  const std::vector<FaultPoint> curve = fault_curve({false, true, true, false});
  REQUIRE(curve.size() == 4);
  const double x[] = {0, 0.5, 0.75, 1}, y[] = {0, 0.5, 1, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(curve[i].inputs == x[i]);
    CHECK(curve[i].faults == y[i]);
  }
  CHECK(fault_curve({false}).empty());
  const std::vector<FaultPoint> many = fault_curve(std::vector<bool>(10000, true), 100);
  CHECK(many.size() <= 203);
  CHECK(many.back().faults == 1);
}

}  // namespace nv::rank
