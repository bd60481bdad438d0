#include "nv/analysis/top_patches.h"

#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

namespace {

std::string str(const TopUnits& top) {
  std::string text;
  for (const TopUnit& u : top.best())
    text += fmt::format("{}{}@{},{}={}", text.empty() ? "" : " ", u.input, u.row, u.column, u.value);
  return text;
}

}  // namespace

TEST_CASE("top units: one per input, largest first, ties by order") {
  TopUnits top(3, 1);
  top.add(0, tensor({1, 2, 2}, {9, 1, 9, 5}), false);
  top.add(1, tensor({1, 2, 2}, {9, 7, 9, 7}), false);
  CHECK(str(top) == "1@0,0=7 0@0,1=5");
  top.add(2, tensor({1, 2, 2}, {0, 5, 0, 2}), false);
  top.add(3, tensor({1, 2, 2}, {0, 5, 0, 2}), false);
  CHECK(str(top) == "1@0,0=7 0@0,1=5 2@0,0=5");
  top.add(4, tensor({1, 2, 2}, {0, 6, 0, 8}), false);
  CHECK(str(top) == "4@0,1=8 1@0,0=7 0@0,1=5");
}

TEST_CASE("top units: channels_first, vectors, a fixed unit, NaN") {
  TopUnits first(1, 1);
  first.add(0, tensor({2, 2, 1}, {9, 9, 3, 4}), true);
  CHECK(str(first) == "0@1,0=4");
  TopUnits vector(1, 2);
  vector.add(0, tensor({3}, {1, 2, 3}), false);
  CHECK(str(vector) == "0@0,0=3");
  TopUnits fixed(2, 0, std::array<std::int64_t, 2>{0, 1});
  fixed.add(0, tensor({1, 2, 1}, {9, 1}), false);
  fixed.add(1, tensor({1, 2, 1}, {9, 2}), false);
  CHECK(str(fixed) == "1@0,1=2 0@0,1=1");
  TopUnits nan(2, 0);
  nan.add(0, tensor({2, 1, 1}, {NAN, 1}), false);
  nan.add(1, tensor({1}, {NAN}), false);
  CHECK(str(nan) == "0@1,0=1");
}

TEST_CASE("top units: what the layer does not have is an error") {
  TopUnits top(1, 2), unit(1, 0, std::array<std::int64_t, 2>{1, 0});
  CHECK(complaint([&] {
          top.add(0, tensor({1, 1, 2}, {1, 2}), false);
        }) == "usage: no channel 2: the layer has 2, numbered from 0");
  CHECK(complaint([&] {
          unit.add(0, tensor({1, 2, 1}, {1, 2}), false);
        }) == "usage: no unit 1,0: the layer's maps are 1 x 2");
  CHECK(complaint([&] {
          top.add(0, tensor({2, 2}, {1, 2, 3, 4}), false);
        }) == "usage: expected a layer of images or a vector, got 2 x 2");
}

}  // namespace nv::test
