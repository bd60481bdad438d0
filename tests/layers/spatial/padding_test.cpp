#include <doctest/doctest.h>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

TEST_CASE("ZeroPadding2D adds zeros around the image") {
  CHECK(str(forward("ZeroPadding2D", R"({"padding": 1})", {tensor({1, 1, 1, 2}, {5, 6})})) ==
        "1 x 3 x 3 x 2: 0, 0, 0, 0, 0, 0, 0, 0, 5, 6, 0, 0, 0, 0, 0, 0, 0, 0");
  CHECK(str(forward("ZeroPadding2D", R"({"padding": [[1, 0], [0, 2]]})", {tensor({2, 1, 1, 1}, {5, 6})})) ==
        "2 x 2 x 3 x 1: 0, 0, 0, 5, 0, 0, 0, 0, 0, 6, 0, 0");
}

TEST_CASE("Cropping2D removes rows and columns") {
  CHECK(str(forward("Cropping2D", R"({"cropping": [[1, 0], [0, 2]]})", {counting({2, 2, 3, 1})})) ==
        "2 x 1 x 1 x 1: 3, 9");
  CHECK(str(forward("Cropping2D", R"({"cropping": 1})", {counting({1, 3, 3, 2})})) == "1 x 1 x 1 x 2: 8, 9");
}

TEST_CASE("margins are one number, one per axis, or two per axis") {
  CHECK(shape_of("ZeroPadding2D", "{}", {{4, 5, 1}}) == "6 x 7 x 1");
  CHECK(shape_of("ZeroPadding2D", R"({"padding": 2})", {{4, 5, 1}}) == "8 x 9 x 1");
  CHECK(shape_of("ZeroPadding2D", R"({"padding": [1, 3]})", {{4, 5, 1}}) == "6 x 11 x 1");
  CHECK(shape_of("ZeroPadding2D", R"({"padding": [[0, 1], [2, 3]]})", {{4, 5, 1}}) == "5 x 10 x 1");
  CHECK(shape_of("Cropping2D", "{}", {{4, 5, 1}}) == "4 x 5 x 1");
  CHECK(shape_of("Cropping2D", R"({"cropping": [1, 2]})", {{4, 5, 1}}) == "2 x 1 x 1");
  CHECK(shape_of("Cropping2D", R"({"cropping": 2})", {{Shape::unknown, 5, 1}}) == "? x 1 x 1");
}

TEST_CASE("margins shift the window of a position") {
  CHECK(str(layer("ZeroPadding2D", R"({"padding": [[1, 0], [2, 0]]})")->window({4, 4, 1})) ==
        "1x1 stride 1x1 before 1x2");
  CHECK(str(layer("Cropping2D", R"({"cropping": [[1, 0], [2, 0]]})")->window({4, 4, 1})) ==
        "1x1 stride 1x1 before -1x-2");
}

TEST_CASE("margins that do not fit are refused") {
  CHECK(refusal("ZeroPadding2D", R"({"padding": [1, 2, 3]})").find("input: option padding is [1,2,3]") == 0);
  CHECK(refusal("ZeroPadding2D", R"({"padding": -1})").find("input: option padding is -1") == 0);
  CHECK(refusal("ZeroPadding2D", R"({"padding": [[1], [2]]})").find("input: option padding") == 0);
  CHECK(refusal("ZeroPadding2D", R"({"mode": "reflect"})") == "unsupported: option 'mode' is not supported");
  CHECK(complaint([] {
          shape_of("Cropping2D", R"({"cropping": 2})", {{4, 9, 1}});
        }) == "input: nothing is left of an input of 4 x 9 x 1");
  CHECK(complaint([] {
          shape_of("ZeroPadding2D", "{}", {{4, 9}});
        }) == "input: it takes an input of 3 axes, not 4 x 9");
}

TEST_CASE("margins of sequences and volumes") {
  CHECK(str(forward("ZeroPadding1D", R"({"padding": [1, 2]})", {tensor({1, 1, 2}, {5, 6})})) ==
        "1 x 4 x 2: 0, 0, 5, 6, 0, 0, 0, 0");
  CHECK(str(forward("Cropping1D", R"({"cropping": [1, 2]})", {counting({1, 5, 1})})) == "1 x 2 x 1: 1, 2");
  CHECK(shape_of("Cropping1D", "{}", {{5, 1}}) == "3 x 1");
  CHECK(shape_of("ZeroPadding3D", R"({"padding": [1, 0, 2]})", {{2, 3, 4, 1}}) == "4 x 3 x 8 x 1");
  CHECK(shape_of("Cropping3D", R"({"cropping": [[1, 0], [0, 1], [1, 1]]})", {{2, 3, 4, 1}}) ==
        "1 x 2 x 2 x 1");
  CHECK(str(forward("Cropping3D", R"({"cropping": [[1, 0], [0, 1], [1, 0]]})",
                    {counting({1, 2, 2, 2, 1})})) == "1 x 1 x 1 x 1 x 1: 5");
  CHECK(refusal("ZeroPadding1D", R"({"padding": [1, 2, 3]})") ==
        "input: option padding is [1,2,3], not one number or two");
}

TEST_CASE("gradients of margins agree with differences") {
  check_gradient(*layer("ZeroPadding1D", R"({"padding": [1, 2]})"), {noise({2, 3, 2})});
  check_gradient(*layer("ZeroPadding2D", R"({"padding": [[1, 0], [0, 2]]})"), {noise({2, 3, 2, 2})});
  check_gradient(*layer("Cropping2D", R"({"cropping": [[1, 0], [0, 2]]})"), {noise({2, 3, 4, 2})});
  check_gradient(*layer("Cropping2D", R"({"cropping": 1, "data_format": "channels_first"})"),
                 {noise({2, 2, 3, 4})});
  check_gradient(*layer("Cropping3D", R"({"cropping": 1})"), {noise({2, 3, 4, 3, 1})});
}

}  // namespace nv::test
