#include <doctest/doctest.h>

#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("Flatten merges all axes") {
  CHECK(str(forward("Flatten", "{}", {counting({2, 1, 2, 2})})) == "2 x 4: 0, 1, 2, 3, 4, 5, 6, 7");
  CHECK(shape_of("Flatten", "{}", {{5, 5, 16}}) == "400");
  CHECK(shape_of("Flatten", "{}", {{7}}) == "7");
  CHECK(shape_of("Flatten", "{}", {Shape{}}) == "1");
  CHECK(shape_of("Flatten", "{}", {{Shape::unknown, 5, 16}}) == "?");
}

TEST_CASE("Flatten of channels_first images puts the channels last first, as Keras does") {
  const std::string first = R"({"data_format": "channels_first"})";
  CHECK(str(forward("Flatten", first, {counting({1, 2, 1, 3})})) == "1 x 6: 0, 3, 1, 4, 2, 5");
  CHECK(str(forward("Flatten", first, {counting({1, 3})})) == "1 x 3: 0, 1, 2");
  CHECK(shape_of("Flatten", first, {{2, 1, 3}}) == "6");
}

TEST_CASE("Reshape keeps the values, and infers one axis") {
  CHECK(str(forward("Reshape", R"({"target_shape": [2, 2]})", {counting({1, 4})})) ==
        "1 x 2 x 2: 0, 1, 2, 3");
  CHECK(shape_of("Reshape", R"({"target_shape": [-1, 3]})", {{4, 6}}) == "8 x 3");
  CHECK(shape_of("Reshape", R"({"target_shape": [4, -1, 2]})", {{4, 6}}) == "4 x 3 x 2");
  CHECK(shape_of("Reshape", R"({"target_shape": [24]})", {{4, 6}}) == "24");
  CHECK(shape_of("Reshape", R"({"target_shape": 24})", {{4, 6}}) == "24");
  CHECK(shape_of("Reshape", R"({"target_shape": [-1, 3]})", {{Shape::unknown, 6}}) == "? x 3");
}

TEST_CASE("a Reshape that does not fit is refused") {
  CHECK(complaint([] { shape_of("Reshape", R"({"target_shape": [5]})", {{4}}); }) ==
        "input: 4 cannot become 5");
  CHECK(complaint([] { shape_of("Reshape", R"({"target_shape": [-1, 3]})", {{4}}); }) ==
        "input: 4 cannot become ? x 3");
  CHECK(complaint([] { shape_of("Reshape", R"({"target_shape": [-1, 0]})", {{4}}); }).find("input: ") == 0);
  CHECK(refusal("Reshape", R"({"target_shape": [-1, -1]})") ==
        "input: option target_shape has more than one open axis");
  CHECK(refusal("Reshape", R"({"target_shape": ["a"]})").find("input: option target_shape is [\"a\"]") == 0);
  CHECK(refusal("Reshape", R"({"target_shape": [1], "order": "F"})") ==
        "unsupported: option 'order' is not supported");
  CHECK(complaint([] {
          shape_of("Reshape", R"({"target_shape": [1048576, 1048576, 1048576]})", {{4}});
        }).find("input: ") == 0);
}

TEST_CASE("Permute reorders the axes after the batch, counted from 1") {
  CHECK(str(forward("Permute", R"({"dims": [2, 1]})", {counting({2, 2, 3})})) ==
        "2 x 3 x 2: 0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11");
  CHECK(shape_of("Permute", R"({"dims": [3, 1, 2]})", {{4, 5, 6}}) == "6 x 4 x 5");
}

TEST_CASE("a Permute that is no order of the axes is refused") {
  CHECK(refusal("Permute", R"({"dims": [1, 1]})") == "input: option dims is not an order of axes");
  CHECK(refusal("Permute", R"({"dims": [0, 1]})") == "input: option dims is not an order of axes");
  CHECK(refusal("Permute", R"({"dims": [1,2,3,4,5,6,7,8]})") == "input: option dims is not an order of axes");
  CHECK(complaint([] {
          shape_of("Permute", R"({"dims": [2, 1]})", {{4, 5, 6}});
        }) == "input: it takes an input of 2 axes, not 4 x 5 x 6");
}

TEST_CASE("layers that reshape have no window") {
  CHECK(str(layer("Flatten")->window({4, 4, 1})) == "none");
  CHECK(str(layer("Permute", R"({"dims": [1, 2, 3]})")->window({4, 4, 1})) == "none");
}

TEST_CASE("RepeatVector repeats the row") {
  CHECK(str(forward("RepeatVector", R"({"n": 2})", {tensor({2, 2}, {1, 2, 3, 4})})) ==
        "2 x 2 x 2: 1, 2, 1, 2, 3, 4, 3, 4");
  CHECK(refusal("RepeatVector", R"({"n": 0})") == "input: option n is 0");
}

TEST_CASE("gradients of reshaping layers") {
  check_gradient(*layer("Flatten"), {noise({2, 2, 3})});
  check_gradient(*layer("Flatten", R"({"data_format": "channels_first"})"), {noise({2, 2, 3, 4})});
  check_gradient(*layer("Reshape", R"({"target_shape": [3, -1]})"), {noise({2, 2, 3})});
  check_gradient(*layer("Permute", R"({"dims": [3, 1, 2]})"), {noise({2, 2, 3, 4})});
  check_gradient(*layer("RepeatVector", R"({"n": 3})"), {noise({2, 4})});
}

}  // namespace nv::test
