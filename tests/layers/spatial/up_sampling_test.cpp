#include <doctest/doctest.h>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

TEST_CASE("UpSampling repeats positions") {
  CHECK(str(forward("UpSampling1D", R"({"size": 3})", {tensor({1, 2, 2}, {1, 2, 3, 4})})) ==
        "1 x 6 x 2: 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4");
  CHECK(str(forward("UpSampling2D", R"({"size": [2, 1]})", {tensor({1, 1, 2, 1}, {1, 2})})) ==
        "1 x 2 x 2 x 1: 1, 2, 1, 2");
  CHECK(str(forward("UpSampling3D", "{}", {tensor({1, 1, 1, 2, 1}, {1, 2})})) ==
        "1 x 2 x 2 x 4 x 1: 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2, 1, 1, 2, 2");
}

TEST_CASE("UpSampling2D interpolates, as tf.image.resize") {
  CHECK(str(forward("UpSampling2D", R"({"size": [1, 2], "interpolation": "bilinear"})",
                    {tensor({1, 1, 4, 1}, {0, 1, 4, 9})})) ==
        "1 x 1 x 8 x 1: 0, 0.25, 0.75, 1.75, 3.25, 5.25, 7.75, 9");
}

TEST_CASE("UpSampling has a shape, and refuses unknown options") {
  CHECK(shape_of("UpSampling2D", "{}", {{4, Shape::unknown, 3}}) == "8 x ? x 3");
  CHECK(shape_of("UpSampling2D", R"({"size": [2, 3], "data_format": "channels_first"})", {{3, 4, 5}}) ==
        "3 x 8 x 15");
  CHECK(str(layer("UpSampling2D")->window({4, 4, 1})) == "none");
  CHECK(refusal("UpSampling2D", R"({"interpolation": "cubic"})") ==
        "unsupported: option interpolation: 'cubic' is not supported");
  CHECK(refusal("UpSampling2D", R"({"size": 0})").find("input: option size is 0") == 0);
  CHECK(complaint([] {
          shape_of("UpSampling1D", R"({"size": 2147483647})", {{2147483647, 1}});
        }) == "input: its sizes are too large");
}

TEST_CASE("gradients of UpSampling agree with differences") {
  check_gradient(*layer("UpSampling1D"), {noise({2, 3, 2})});
  check_gradient(*layer("UpSampling2D", R"({"size": [3, 2]})"), {noise({2, 2, 3, 2})});
  check_gradient(*layer("UpSampling3D", R"({"size": [1, 2, 3]})"), {noise({2, 2, 2, 2, 1})});
  for (const char* method : {"bilinear", "bicubic", "lanczos3"}) {
    CAPTURE(method);
    check_gradient(*layer("UpSampling2D", fmt::format(R"({{"interpolation": "{}"}})", method)),
                   {noise({2, 3, 4, 2})});
  }
  check_gradient(*layer("UpSampling2D", R"({"interpolation": "bilinear", "data_format": "channels_first"})"),
                 {noise({2, 2, 3, 4})});
}

}  // namespace nv::test
