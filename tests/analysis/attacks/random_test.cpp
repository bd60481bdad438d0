#include "nv/core/random.h"

#include <doctest/doctest.h>

#include <cmath>
#include <set>

namespace nv::attacks {

TEST_CASE("random numbers are those of their seeds, in their order") {
  Random a({1, 2}), same({1, 2}), swapped({2, 1}), other({1, 3});
  const std::uint64_t first = a.bits();
  CHECK(first == same.bits());
  CHECK(first != swapped.bits());
  CHECK(first != other.bits());
  CHECK(a.bits() != first);
  CHECK(Random({0}).bits() != 0);
}

TEST_CASE("uniform numbers fill their range evenly, normal ones have mean 0 and variance 1") {
  Random r({7});
  double sum = 0, normal = 0, square = 0;
  constexpr int n = 20000;
  for (int i = 0; i < n; ++i) {
    const float u = r.uniform(-2, 4);
    CHECK_FALSE(u < -2);
    CHECK_FALSE(u > 4);
    sum += static_cast<double>(u);
    const auto z = static_cast<double>(r.normal());
    normal += z;
    square += z * z;
  }
  CHECK(sum / n == doctest::Approx(1).epsilon(0.05));
  CHECK(std::abs(normal / n) < 0.05);
  CHECK(square / n == doctest::Approx(1).epsilon(0.05));
  std::set<std::int64_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(r.below(5));
  CHECK(seen == std::set<std::int64_t>{0, 1, 2, 3, 4});
}

}  // namespace nv::attacks
