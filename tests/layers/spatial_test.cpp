#include "nv/layers/spatial.h"

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

TEST_CASE("windows give the sizes that Keras gives") {
  Windows w;
  w.kernel = {3, 2};
  w.stride = {2, 3};
  w.dilation = {1, 2};
  CHECK(w.output_size(0, 8) == 3);
  CHECK(w.output_size(1, 8) == 2);
  CHECK(w.output_size(0, Shape::unknown) == Shape::unknown);
  CHECK(w.output_size(0, 3) == 1);
  CHECK(complaint([&] { (void)w.output_size(0, 2); }) ==
        "input: its window of 3 does not fit into an input of 2");
  w.same = true;
  CHECK(w.output_size(0, 8) == 4);
  CHECK(w.output_size(1, 8) == 3);
  CHECK(w.output_size(0, 1) == 1);
}

TEST_CASE("padding same has its odd pixel below and to the right, as TensorFlow") {
  Windows w;
  w.same = true;
  w.kernel = {4, 1};
  CHECK(w.before(0, 10) == 1);  // 3 in all
  w.stride = {2, 5};
  CHECK(w.before(0, 10) == 1);  // 2 in all
  CHECK(w.before(1, 10) == 0);  // steps larger than the kernel never reach outside
  w.same = false;
  CHECK(w.before(0, 10) == 0);
}

}  // namespace nv::test
