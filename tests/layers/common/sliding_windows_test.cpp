#include "nv/layers/common/sliding_windows.h"

#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

TEST_CASE("output sizes are those of Keras") {
  SlidingWindows w;
  w.kernel = {1, 3, 2};
  w.stride = {1, 2, 3};
  w.dilation = {1, 1, 2};
  CHECK(w.output_size(1, 8) == 3);
  CHECK(w.output_size(2, 8) == 2);
  CHECK(w.output_size(1, Shape::unknown) == Shape::unknown);
  CHECK(w.output_size(1, 3) == 1);
  CHECK(complaint([&] { (void)w.output_size(1, 2); }) ==
        "input: its window of 3 does not fit into an input of 2");
  w.padding = SlidingWindows::Padding::same;
  CHECK(w.output_size(1, 8) == 4);
  CHECK(w.output_size(2, 8) == 3);
  CHECK(w.output_size(1, 1) == 1);
}

TEST_CASE("padding same has its odd pixel below and to the right, as in TensorFlow") {
  SlidingWindows w;
  w.padding = SlidingWindows::Padding::same;
  w.kernel = {1, 4, 1};
  CHECK(w.before(1, 10) == 1);  // 3 in all
  w.stride = {1, 2, 5};
  CHECK(w.before(1, 10) == 1);  // 2 in all
  CHECK(w.before(2, 10) == 0);  // steps larger than the kernel never reach outside
  w.padding = SlidingWindows::Padding::valid;
  CHECK(w.before(1, 10) == 0);
}

TEST_CASE("causal padding is all before, whatever the stride") {
  SlidingWindows w;
  w.axes = 1;
  w.kernel = {1, 1, 3};
  w.dilation = {1, 1, 2};
  w.padding = SlidingWindows::Padding::causal;
  CHECK(w.before(2, 10) == 4);
  CHECK(w.output_size(2, 10) == 10);
  w.stride = {1, 1, 3};
  CHECK(w.output_size(2, 10) == 4);
  CHECK(w.before(1, 1) == 0);  // an absent axis
}

TEST_CASE("sizes by [depth, height, width]") {
  CHECK(as_triple(std::vector<std::int64_t>{7}) == Triple{1, 1, 7});
  CHECK(as_triple(std::vector<std::int64_t>{6, 7}, 0) == Triple{0, 6, 7});
  CHECK(positions_of({5, 6, 7, 3}) == Triple{5, 6, 7});
  CHECK(positions_of({7, 3}) == Triple{1, 1, 7});
  CHECK(as_item({1, 6, 7}, 2, 3) == Shape{6, 7, 3});
}

}  // namespace nv::test
