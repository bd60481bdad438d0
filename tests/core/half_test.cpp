#include "nv/core/half.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace nv::test {

TEST_CASE("every half that is a number keeps its bits through float32") {
  int numbers = 0;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const float value = from_half(static_cast<std::uint16_t>(bits));
    if (std::isnan(value)) continue;
    ++numbers;
    REQUIRE(to_half(value) == bits);
  }
  CHECK(numbers == 65536 - 2 * 1023);
}

TEST_CASE("halves have the values of IEEE 754") {
  CHECK(from_half(0x3C00) == 1);
  CHECK(from_half(0xC000) == -2);
  CHECK(from_half(0x7BFF) == 65504);
  CHECK(from_half(0x0001) == 0x1p-24F);
  CHECK(std::isinf(from_half(0x7C00)));
  CHECK(std::isnan(from_half(0x7E00)));
}

TEST_CASE("a float32 becomes the nearest half, of two equally near ones the even") {
  CHECK(to_half(1.0F + 0x1p-11F) == 0x3C00);
  CHECK(to_half(1.0F + 0x1p-11F + 0x1p-20F) == 0x3C01);
  CHECK(to_half(1.0F + 3 * 0x1p-11F) == 0x3C02);
  CHECK(to_half(65519) == 0x7BFF);
  CHECK(to_half(65520) == 0x7C00);
  CHECK(to_half(-1e30F) == 0xFC00);
  CHECK(to_half(0x1p-25F) == 0);
  CHECK(to_half(0x1.8p-25F) == 1);
  CHECK(to_half(-0.0F) == 0x8000);
  CHECK(std::isnan(from_half(to_half(std::numeric_limits<float>::quiet_NaN()))));
}

}  // namespace nv::test
