#include <doctest/doctest.h>

#include <cmath>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

TEST_CASE("MaxPooling2D takes the maximum of each window, per channel") {
  CHECK(str(forward("MaxPooling2D", "{}", {tensor({1, 2, 4, 1}, {1, 5, 2, 0, 3, 4, -7, -1})})) ==
        "1 x 1 x 2 x 1: 5, 2");
  CHECK(str(forward("MaxPooling2D", "{}", {tensor({1, 2, 2, 2}, {1, -1, 2, -2, 3, -3, 4, -4})})) ==
        "1 x 1 x 1 x 2: 4, -1");
}

TEST_CASE("AveragePooling2D takes the mean of each window") {
  CHECK(str(forward("AveragePooling2D", "{}", {counting({1, 2, 4, 1})})) == "1 x 1 x 2 x 1: 2.5, 4.5");
}

TEST_CASE("pixels left over are left out with padding valid") {
  CHECK(str(forward("MaxPooling2D", R"({"pool_size": [2, 2]})", {counting({1, 3, 3, 1})})) ==
        "1 x 1 x 1 x 1: 4");
}

TEST_CASE("with padding same, positions outside count neither as zero nor in the mean") {
  const Tensor x = tensor({1, 3, 3, 1}, {-1, -2, -3, -4, -5, -6, -7, -8, -9});
  CHECK(str(forward("MaxPooling2D", R"({"padding": "same"})", {x})) == "1 x 2 x 2 x 1: -1, -3, -7, -9");
  CHECK(str(forward("AveragePooling2D", R"({"padding": "same"})", {x})) ==
        "1 x 2 x 2 x 1: -3, -4.5, -7.5, -9");
}

TEST_CASE("strides are the pool's size unless they are given") {
  CHECK(shape_of("MaxPooling2D", R"({"pool_size": 3})", {{9, 9, 2}}) == "3 x 3 x 2");
  CHECK(shape_of("MaxPooling2D", R"({"pool_size": 3, "strides": null})", {{9, 9, 2}}) == "3 x 3 x 2");
  CHECK(shape_of("MaxPooling2D", R"({"pool_size": [3, 3], "strides": [2, 1]})", {{9, 9, 2}}) == "4 x 7 x 2");
  CHECK(shape_of("AveragePooling2D", R"({"pool_size": 3, "strides": 2, "padding": "same"})", {{9, 8, 2}}) ==
        "5 x 4 x 2");
  CHECK(str(forward("MaxPooling2D", R"({"pool_size": [1, 2], "strides": [1, 1]})",
                    {counting({1, 1, 3, 1})})) == "1 x 1 x 2 x 1: 1, 2");
}

TEST_CASE("a NaN shows in every window that covers it") {
  const Tensor x = tensor({1, 1, 2, 1}, {NAN, 1});
  const Tensor reversed = tensor({1, 1, 2, 1}, {1, NAN});
  for (const char* kind :
       {"MaxPooling2D", "AveragePooling2D", "GlobalMaxPooling2D", "GlobalAveragePooling2D"})
    for (const Tensor& t : {x, reversed}) {
      const bool global = std::string(kind).starts_with("Global");
      CAPTURE(kind);
      CHECK(std::isnan(forward(kind, global ? "{}" : R"({"pool_size": [1, 2]})", {t})[0]));
    }
}

TEST_CASE("pools have windows, global pools none") {
  CHECK(str(layer("MaxPooling2D")->window({8, 8, 1})) == "2x2 stride 2x2 before 0x0");
  CHECK(str(layer("AveragePooling2D", R"({"pool_size": 3, "strides": 1, "padding": "same"})")
                ->window({8, 8, 1})) == "3x3 stride 1x1 before 1x1");
  CHECK(str(layer("GlobalAveragePooling2D")->window({8, 8, 1})) == "none");
  CHECK(layer("MaxPooling2D")->macs(std::vector<Shape>{{8, 8, 1}}) == 0);
}

TEST_CASE("pools refuse unknown options and inputs that do not fit") {
  CHECK(refusal("MaxPooling2D", R"({"pool_size": "two"})").find("input: option pool_size is \"two\"") == 0);
  CHECK(refusal("MaxPooling2D", R"({"ceil_mode": true})") ==
        "unsupported: option 'ceil_mode' is not supported");
  CHECK(refusal("AveragePooling2D", R"({"padding": "reflect"})") ==
        "unsupported: option padding: 'reflect' is not supported");
  CHECK(refusal("GlobalMaxPooling2D", R"({"keepdims": "yes"})") ==
        "input: option keepdims is \"yes\", not true or false");
  CHECK(complaint([] {
          shape_of("MaxPooling2D", "{}", {{1, 4, 1}});
        }) == "input: its window of 2 does not fit into an input of 1");
  CHECK(complaint([] { shape_of("GlobalMaxPooling2D", "{}", {{4}}); }) ==
        "input: it takes an input of 3 axes, not 4");
}

TEST_CASE("pools over sequences and volumes") {
  CHECK(str(forward("MaxPooling1D", "{}", {tensor({1, 4, 1}, {1, 5, 2, 0})})) == "1 x 2 x 1: 5, 2");
  CHECK(str(forward("AveragePooling1D", R"({"pool_size": [3], "strides": [1], "padding": "same"})",
                    {tensor({1, 3, 1}, {3, 6, 9})})) == "1 x 3 x 1: 4.5, 6, 7.5");
  CHECK(str(forward("MaxPooling3D", "{}", {counting({1, 2, 2, 2, 1})})) == "1 x 1 x 1 x 1 x 1: 7");
  CHECK(str(forward("AveragePooling3D", "{}", {counting({1, 2, 2, 2, 1})})) == "1 x 1 x 1 x 1 x 1: 3.5");
  CHECK(shape_of("MaxPooling3D", R"({"pool_size": [2, 3, 1], "strides": null, "padding": "same"})",
                 {{5, 5, 5, 2}}) == "3 x 2 x 5 x 2");
  CHECK(str(forward("MaxPooling1D", R"({"data_format": "channels_first"})",
                    {tensor({1, 2, 2}, {1, 5, 2, 0})})) == "1 x 2 x 1: 5, 2");
}

TEST_CASE("gradients of pools agree with differences") {
  const auto check = [](const std::string& kind, const std::string& options, const Shape& item) {
    CAPTURE(kind);
    CAPTURE(options);
    // A mean is linear: a large step leaves its rounding behind. Largest values must stay the largest.
    if (kind.starts_with("Average"))
      check_gradient(*layer(kind, options), {noise(item.batched(2))}, 2e-5, 1.0);
    else
      check_gradient(*layer(kind, options), {distinct(item.batched(2))});
  };
  for (const std::string kind : {"Max", "Average"}) {
    check(kind + "Pooling1D", R"({"pool_size": 3, "strides": 2, "padding": "same"})", {8, 2});
    check(kind + "Pooling2D", R"({"pool_size": [3, 2], "strides": [2, 1], "padding": "same"})", {5, 4, 3});
    check(kind + "Pooling2D", R"({"pool_size": 2, "strides": 3})", {8, 6, 2});
    check(kind + "Pooling2D", R"({"data_format": "channels_first"})", {18, 4, 4});
    check(kind + "Pooling3D", R"({"pool_size": 2, "strides": 1})", {3, 3, 4, 2});
  }
}

}  // namespace nv::test
