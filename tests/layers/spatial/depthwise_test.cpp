#include <doctest/doctest.h>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

// DepthwiseConv2D is swept against its definition in convolution_test.cpp.

TEST_CASE("DepthwiseConv1D keeps channels apart") {
  const auto conv =
      layer("DepthwiseConv1D", R"({"kernel_size": 2, "depth_multiplier": 2, "use_bias": false})");
  CHECK(weights_of(*conv, {{3, 2}}) == "depthwise_kernel 2 x 2 x 2");
  conv->load({tensor({2, 2, 2}, {1, 2, 3, 4, 10, 20, 30, 40})});
  CHECK(str(forward(*conv, {tensor({1, 2, 2}, {1, 5, 2, 6})})) == "1 x 1 x 4: 21, 42, 195, 260");
}

TEST_CASE("SeparableConv2D is a depthwise convolution and one of 1 x 1") {
  const auto conv =
      layer("SeparableConv2D", R"({"filters": 1, "kernel_size": [1, 2], "activation": "relu"})");
  CHECK(weights_of(*conv, {{1, 3, 2}}) ==
        "depthwise_kernel 1 x 2 x 2 x 1, pointwise_kernel 1 x 1 x 2 x 1, bias 1");
  conv->load({tensor({1, 2, 2, 1}, {1, 2, 10, 20}), tensor({1, 1, 2, 1}, {1, -1}), tensor({1}, {100})});
  // Channel 0: 1 + 10 * 2 and 2 + 10 * 3; channel 1: 2 * 4 + 20 * 5 and 2 * 5 + 20 * 6.
  CHECK(str(forward(*conv, {tensor({1, 1, 3, 2}, {1, 4, 2, 5, 3, 6})})) == "1 x 1 x 2 x 1: 13, 2");
  CHECK(conv->macs(std::vector<Shape>{{1, 3, 2}}) == 2 * 2 * 2 + 2 * 2);
  CHECK(conv->activation() == "relu");
  CHECK(str(conv->window({1, 3, 2})) == "1x2 stride 1x1 before 0x0");
}

TEST_CASE("shape and weights of separable convolutions") {
  CHECK(shape_of("SeparableConv1D", R"({"filters": 5, "kernel_size": 3, "padding": "causal", "strides": 2})",
                 {{9, 4}}) == "5 x 5");
  CHECK(weights_of(*layer("SeparableConv1D", R"({"filters": 5, "kernel_size": 3, "depth_multiplier": 2})"),
                   {{9, 4}}) == "depthwise_kernel 3 x 4 x 2, pointwise_kernel 1 x 8 x 5, bias 5");
  CHECK(weights_of(*layer("SeparableConv2D", R"({"filters": 5, "kernel_size": 3})"),
                   {{9, 9, Shape::unknown}}) ==
        "depthwise_kernel 3 x 3 x ? x 1, pointwise_kernel 1 x 1 x ? x 5, bias 5");
}

TEST_CASE("separable convolutions refuse options that they do not support") {
  CHECK(refusal("SeparableConv2D", R"({"kernel_size": 3})") ==
        "input: option filters is absent, not a whole number");
  CHECK(refusal("SeparableConv2D", R"({"filters": 1, "kernel_size": 3, "depth_multiplier": 0})") ==
        "input: option depth_multiplier is 0");
  CHECK(
      refusal("SeparableConv2D", R"({"filters": 2, "kernel_size": 3, "groups": 2})").find("unsupported: ") ==
      0);
  CHECK(refusal("SeparableConv2D", R"({"filters": 2, "kernel_size": 3, "padding": "causal"})") ==
        "unsupported: option padding: 'causal' is not supported");
}

TEST_CASE("gradients of depthwise and separable convolutions agree with differences") {
  const auto check = [](const std::string& kind, const std::string& options, const Shape& item) {
    CAPTURE(kind);
    CAPTURE(options);
    const auto conv = layer(kind, options);
    std::vector<Tensor> weights;
    for (const WeightSpec& w : conv->weights(std::vector{item}))
      weights.push_back(noise(w.shape, static_cast<std::uint32_t>(weights.size()) + 5));
    conv->load(weights);
    check_gradient(*conv, {noise(item.batched(2))});
  };
  check("DepthwiseConv1D", R"({"kernel_size": 3, "strides": 2, "padding": "same", "depth_multiplier": 2})",
        {8, 2});
  check("DepthwiseConv2D", R"({"kernel_size": 3, "dilation_rate": 2, "activation": "sigmoid"})", {6, 5, 3});
  check("DepthwiseConv2D", R"({"kernel_size": 2, "strides": 2, "dilation_rate": 2, "padding": "same"})",
        {6, 5, 2});
  check("SeparableConv1D", R"({"filters": 3, "kernel_size": 2, "padding": "causal", "depth_multiplier": 2})",
        {6, 2});
  check("SeparableConv2D",
        R"({"filters": 3, "kernel_size": 3, "strides": 2, "padding": "same", "activation": "sigmoid"})",
        {6, 5, 2});
  check("SeparableConv2D", R"({"filters": 3, "kernel_size": 2, "data_format": "channels_first"})", {2, 4, 5});
}

}  // namespace nv::test
