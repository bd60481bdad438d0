#include "nv/layers/common/shapes.h"

#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

TEST_CASE("an option axis counts the batch as 0, and from the end below 0") {
  CHECK(item_axis(1, {4, 5, 6}) == 0);
  CHECK(item_axis(3, {4, 5, 6}) == 2);
  CHECK(item_axis(-1, {4, 5, 6}) == 2);
  CHECK(item_axis(-3, {4, 5, 6}) == 0);
  for (const std::int64_t axis : {0, 4, -4, 100, -100}) {
    CAPTURE(axis);
    CHECK(complaint([&] {
            item_axis(axis, {4, 5, 6});
          }) == fmt::format("input: option axis is {}, of an input of 4 x 5 x 6", axis));
  }
}

}  // namespace nv::test
