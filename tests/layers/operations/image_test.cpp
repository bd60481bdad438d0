#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("pooling as an operation: windows of TensorFlow with batch and channels, of any number of axes") {
  const Tensor x = counting({1, 2, 4, 1});
  const auto pool =
      tf("nn.max_pool2d", x0,
         R"({"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": "VALID", "data_format": "NHWC"})");
  CHECK(str(forward(*pool, {x})) == "1 x 1 x 2 x 1: 5, 7");
  CHECK(str(forward(*tf("nn.avg_pool", x0, R"({"ksize": 2, "strides": 2, "padding": "SAME"})"), {x})) ==
        "1 x 1 x 2 x 1: 2.5, 4.5");
  CHECK(str(forward(*op("MaxPool", R"({"pool_size": 2})"), {counting({1, 4, 1})})) == "1 x 2 x 1: 1, 3");
  check_gradient(*tf("nn.avg_pool2d", x0, R"({"ksize": [2, 1], "strides": 1, "padding": "SAME"})"),
                 {noise({2, 3, 4, 2})});
  CHECK(refusal_of("TFOpLambda", R"({"function": "nn.max_pool2d"})", "[" + x0 + "]",
                   R"({"ksize": [1, 2, 2, 2], "strides": 1, "padding": "SAME"})",
                   2) == "unsupported: a window over batch or channels is not supported");
}

TEST_CASE("resizing as an operation: nearest and bilinear of half-pixel centres") {
  const Tensor x = counting({1, 1, 2, 1});
  CHECK(str(forward(*tf("image.resize", x0, R"({"size": [1, 4], "method": "nearest"})"), {x})) ==
        "1 x 1 x 4 x 1: 0, 0, 1, 1");
  CHECK(str(forward(*tf("image.resize", x0, R"({"size": [1, 4]})"), {x})) ==
        "1 x 1 x 4 x 1: 0, 0.25, 0.75, 1");
  check_gradient(*op("Resize", R"({"size": [3, 2]})"), {noise({2, 2, 4, 2})});
  CHECK(refusal_of("TFOpLambda", R"({"function": "image.resize"})", "[" + x0 + "]",
                   R"({"size": [1, 4], "preserve_aspect_ratio": true})",
                   2) == "unsupported: option preserve_aspect_ratio is not supported");
}

TEST_CASE("RGB to grey has TensorFlow's weights") {
  const auto grey = tf("image.rgb_to_grayscale", x0);
  CHECK(forward(*grey, {tensor({1, 1, 3}, {1, 0, 0})})[0] == doctest::Approx(0.2989));
  CHECK(forward(*grey, {tensor({1, 1, 3}, {0, 1, 2})})[0] == doctest::Approx(0.587 + 2 * 0.114));
  check_gradient(*grey, {noise({2, 2, 2, 3})});
  CHECK(complaint([&] {
          (void)grey->shape(std::array{Shape{2, 2, 4}});
        }).find("input: it takes three channels") == 0);
}

TEST_CASE("channels become positions, block by block, and back") {
  const auto to_space = tf("nn.depth_to_space", x0, R"({"block_size": 2, "data_format": "NHWC"})");
  CHECK(str(forward(*to_space, {counting({1, 1, 2, 4})})) == "1 x 2 x 4 x 1: 0, 1, 4, 5, 2, 3, 6, 7");
  const auto to_depth = op("SpaceToDepth", R"({"block_size": 2})");
  CHECK(str(forward(*to_depth, {tensor({1, 2, 4, 1}, {0, 1, 4, 5, 2, 3, 6, 7})})) ==
        "1 x 1 x 2 x 4: 0, 1, 2, 3, 4, 5, 6, 7");
  check_gradient(*to_space, {noise({2, 2, 3, 8})});
  check_gradient(*to_depth, {noise({2, 4, 6, 2})});
  CHECK(complaint([&] {
          (void)to_space->shape(std::array{Shape{2, 2, 6}});
        }) == "input: an axis of 6 cannot be divided into blocks of 4");
  CHECK(shape_of(*to_depth, {{Shape::unknown, 4, 1}}).str() == "? x 2 x 4");
}

TEST_CASE("with channels first a bias is added per channel") {
  const auto add = tf("nn.bias_add", x0, R"({"bias": [10.0, 20.0], "data_format": "NCHW"})");
  CHECK(str(forward(*add, {counting({1, 2, 1, 2})})) == "1 x 2 x 1 x 2: 10, 11, 22, 23");
  CHECK(str(forward(*tf("nn.bias_add", x0, R"({"bias": [10.0, 20.0], "data_format": "NHWC"})"),
                    {counting({1, 2, 1, 2})})) == "1 x 2 x 1 x 2: 10, 21, 12, 23");
  CHECK(refusal_of("TFOpLambda", R"({"function": "nn.bias_add"})", "[" + x0 + "]",
                   R"({"bias": [1.0], "data_format": "NC..."})",
                   2) == "unsupported: option data_format: 'NC...' is not supported");
}

}  // namespace nv::test
