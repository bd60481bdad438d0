#include <doctest/doctest.h>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

TEST_CASE("global pooling returns one value per channel, or an image of one pixel with keepdims") {
  const Tensor x = tensor({2, 1, 2, 2}, {1, -1, 3, -5, 10, 0, 20, 0});
  CHECK(str(forward("GlobalMaxPooling2D", "{}", {x})) == "2 x 2: 3, -1, 20, 0");
  CHECK(str(forward("GlobalAveragePooling2D", "{}", {x})) == "2 x 2: 2, -3, 15, 0");
  CHECK(str(forward("GlobalAveragePooling2D", R"({"keepdims": true})", {x})) ==
        "2 x 1 x 1 x 2: 2, -3, 15, 0");
  CHECK(shape_of("GlobalMaxPooling2D", "{}", {{7, 7, 512}}) == "512");
  CHECK(shape_of("GlobalMaxPooling2D", R"({"keepdims": true})", {{7, 7, 512}}) == "1 x 1 x 512");
}

TEST_CASE("global pooling over sequences and volumes, in either layout") {
  CHECK(str(forward("GlobalMaxPooling1D", "{}", {tensor({1, 2, 2}, {1, -1, 3, -5})})) == "1 x 2: 3, -1");
  CHECK(str(forward("GlobalAveragePooling1D", R"({"data_format": "channels_first"})",
                    {tensor({1, 2, 2}, {1, -1, 3, -5})})) == "1 x 2: 0, -1");
  CHECK(str(forward("GlobalAveragePooling1D", R"({"data_format": "channels_first", "keepdims": true})",
                    {tensor({1, 2, 2}, {1, -1, 3, -5})})) == "1 x 2 x 1: 0, -1");
  CHECK(str(forward("GlobalAveragePooling3D", R"({"keepdims": true})", {counting({1, 2, 2, 2, 1})})) ==
        "1 x 1 x 1 x 1 x 1: 3.5");
}

TEST_CASE("gradients of global pools agree with differences") {
  const auto check = [](const std::string& kind, const std::string& options, const Shape& shape) {
    CAPTURE(kind);
    CAPTURE(options);
    // A mean is linear: a large step leaves its rounding behind. Largest values must stay the largest.
    check_gradient(*layer("GlobalAverage" + kind, options), {noise(shape)}, 2e-5, 1.0);
    check_gradient(*layer("GlobalMax" + kind, options), {distinct(shape)});
  };
  for (const std::string options :
       {R"({})", R"({"keepdims": true})", R"({"data_format": "channels_first"})"}) {
    check("Pooling1D", options, {2, 5, 3});
    check("Pooling2D", options, {2, 4, 3, 3});
    check("Pooling3D", options, {2, 2, 3, 2, 2});
  }
}

TEST_CASE("equal largest values share the gradient of a global pool, as in tf.reduce_max") {
  CHECK(str(vjp(*layer("GlobalMaxPooling1D"), {tensor({1, 4, 1}, {2, 1, 2, 0})}, tensor({1, 1}, {3}))[0]) ==
        "1 x 4 x 1: 1.5, 0, 1.5, 0");
}

}  // namespace nv::test
