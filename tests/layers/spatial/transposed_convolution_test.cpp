#include <doctest/doctest.h>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

namespace {

/// Conv1DTranspose of one filter, kernel 1, 10, 100, ..., over 1, 2, 3. Expected numbers are Keras 3.15's.
std::string over_123(const std::string& options, std::int64_t kernel = 3) {
  const auto conv =
      layer("Conv1DTranspose",
            fmt::format(R"({{"filters": 1, "kernel_size": {}, "use_bias": false, {}}})", kernel, options));
  Tensor k(Shape{kernel, 1, 1});
  for (std::int64_t i = 0; i < kernel; ++i) k[i] = static_cast<float>(std::pow(10.0, i));
  conv->load({k});
  return str(forward(*conv, {tensor({1, 3, 1}, {1, 2, 3})}));
}

}  // namespace

TEST_CASE("a transposed convolution adds its kernel at every position") {
  CHECK(over_123(R"("strides": 2)") == "1 x 7 x 1: 1, 10, 102, 20, 203, 30, 300");
  CHECK(over_123(R"("strides": 2, "padding": "same")") == "1 x 6 x 1: 1, 10, 102, 20, 203, 30");
  CHECK(over_123(R"("strides": 3)", 2) == "1 x 9 x 1: 1, 10, 0, 2, 20, 0, 3, 30, 0");
}

TEST_CASE("output_padding decides on the output's size and on the padding") {
  CHECK(over_123(R"("strides": 2, "padding": "same", "output_padding": 1)") ==
        "1 x 6 x 1: 1, 10, 102, 20, 203, 30");
  CHECK(over_123(R"("strides": 2, "padding": "same", "output_padding": [0])") ==
        "1 x 5 x 1: 10, 102, 20, 203, 30");
  CHECK(shape_of("Conv2DTranspose",
                 R"({"filters": 2, "kernel_size": 4, "strides": 3, "output_padding": [2, 1]})",
                 {{5, 5, 1}}) == "18 x 17 x 2");
}

TEST_CASE("shape, weights and cost of transposed convolutions") {
  const auto conv = layer("Conv2DTranspose", R"({"filters": 2, "kernel_size": [3, 2], "strides": 2})");
  CHECK(shape_of(*conv, {{5, Shape::unknown, 3}}).str() == "11 x ? x 2");
  CHECK(weights_of(*conv, {{5, 5, 3}}) == "kernel 3 x 2 x 2 x 3, bias 2");
  CHECK(conv->macs(std::vector<Shape>{{5, 5, 3}}) == 5 * 5 * 3 * 3 * 2 * 2);
  CHECK(str(conv->window({5, 5, 3})) == "none");
  CHECK(shape_of("Conv2DTranspose", R"({"filters": 2, "kernel_size": 3, "dilation_rate": 2})", {{5, 5, 1}}) ==
        "9 x 9 x 2");
}

TEST_CASE("Keras 2's Conv3DTranspose ignores its option dilation_rate") {
  const std::string options = R"({"filters": 2, "kernel_size": 3, "dilation_rate": 2})";
  const std::vector<Shape> in{{4, 4, 4, 1}};
  CHECK(layer("Conv3DTranspose", options, 3)->shape(in) == Shape{8, 8, 8, 2});
  CHECK(layer("Conv3DTranspose", options, 2)->shape(in) == Shape{6, 6, 6, 2});
}

TEST_CASE("transposed convolutions refuse options that do not fit") {
  CHECK(refusal("Conv2DTranspose", R"({"filters": 1, "kernel_size": 3, "output_padding": 1})") ==
        "input: option output_padding is 1, expected less than strides (1)");
  CHECK(refusal("Conv2DTranspose",
                R"({"filters": 1, "kernel_size": 3, "strides": 2, "output_padding": [0, 0, 0]})") ==
        "input: option output_padding has 3 sizes");
  CHECK(refusal("Conv1DTranspose", R"({"filters": 1, "kernel_size": 3, "padding": "causal"})") ==
        "unsupported: option padding: 'causal' is not supported");
  // No convolution with stride 4 leads from the 8 positions of the output to 3.
  CHECK(complaint([] {
          shape_of(
              "Conv1DTranspose",
              R"({"filters": 1, "kernel_size": 2, "strides": 4, "padding": "same", "output_padding": 0})",
              {{3, 1}});
        }) == "input: its options leave no output of an input of 3");
  CHECK(complaint([] {
          shape_of("Conv1DTranspose", R"({"filters": 1, "kernel_size": 1, "strides": 2147483647})",
                   {{2147483647, 1}});
        }) == "input: its sizes are too large");
}

TEST_CASE("gradients of transposed convolutions agree with differences") {
  const auto check = [](const std::string& kind, const std::string& options, const Shape& item) {
    CAPTURE(kind);
    CAPTURE(options);
    const auto conv = layer(kind, R"({"filters": 3, )" + options + "}");
    std::vector<Tensor> weights;
    for (const WeightSpec& w : conv->weights(std::vector{item}))
      weights.push_back(noise(w.shape, static_cast<std::uint32_t>(weights.size()) + 5));
    conv->load(weights);
    check_gradient(*conv, {noise(item.batched(2))});
  };
  check("Conv1DTranspose", R"("kernel_size": 3, "strides": 2, "padding": "same", "output_padding": 0)",
        {5, 2});
  check("Conv2DTranspose", R"("kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh")",
        {4, 3, 2});
  check("Conv2DTranspose", R"("kernel_size": 2, "strides": 3)", {3, 4, 2});
  check("Conv2DTranspose", R"("kernel_size": 3, "dilation_rate": 2, "data_format": "channels_first")",
        {2, 3, 4});
  check("Conv3DTranspose", R"("kernel_size": 2, "strides": [2, 1, 2])", {2, 3, 2, 2});
}

}  // namespace nv::test
