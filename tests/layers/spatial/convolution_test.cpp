#include <doctest/doctest.h>

#include "layers/gradient_check.h"
#include "layers/support.h"

namespace nv::test {

namespace {

struct Case {
  std::array<std::int64_t, 2> image, kernel, stride{1, 1}, dilation{1, 1};
  std::int64_t channels = 1, filters = 1, groups = 1;
  bool same = false, depthwise = false;

  std::string json() const {
    std::string text = fmt::format(
        R"({{"kernel_size": [{}], "strides": [{}], "dilation_rate": [{}], "padding": "{}")",
        fmt::join(kernel, ", "), fmt::join(stride, ", "), fmt::join(dilation, ", "), same ? "same" : "valid");
    return text + (depthwise ? fmt::format(R"(, "depth_multiplier": {}}})", filters / channels)
                             : fmt::format(R"(, "filters": {}, "groups": {}}})", filters, groups));
  }
  std::int64_t extent(std::size_t a) const { return (kernel[a] - 1) * dilation[a] + 1; }
  std::int64_t out(std::size_t a) const {
    return same ? (image[a] + stride[a] - 1) / stride[a] : (image[a] - extent(a)) / stride[a] + 1;
  }
  std::int64_t before(std::size_t a) const {
    return same ? std::max<std::int64_t>((out(a) - 1) * stride[a] + extent(a) - image[a], 0) / 2 : 0;
  }
};

/// The definition, in double: a sum over kernel rows, columns and the channels of the filter's group.
std::vector<double> naive(const Case& c, const Tensor& x, const Tensor& kernel, const Tensor& bias) {
  const std::int64_t depth = c.channels / c.groups, per_group = c.filters / c.groups;
  std::vector<double> result;
  for (std::int64_t n = 0; n < x.shape()[0]; ++n)
    for (std::int64_t y = 0; y < c.out(0); ++y)
      for (std::int64_t z = 0; z < c.out(1); ++z)
        for (std::int64_t f = 0; f < c.filters; ++f) {
          auto sum = static_cast<double>(bias[f]);
          for (std::int64_t ky = 0; ky < c.kernel[0]; ++ky)
            for (std::int64_t kx = 0; kx < c.kernel[1]; ++kx) {
              const std::int64_t iy = y * c.stride[0] - c.before(0) + ky * c.dilation[0];
              const std::int64_t ix = z * c.stride[1] - c.before(1) + kx * c.dilation[1];
              if (iy < 0 || iy >= c.image[0] || ix < 0 || ix >= c.image[1]) continue;
              for (std::int64_t d = 0; d < depth; ++d)
                sum += static_cast<double>(x[((n * c.image[0] + iy) * c.image[1] + ix) * c.channels +
                                             f / per_group * depth + d]) *
                       static_cast<double>(kernel[((ky * c.kernel[1] + kx) * depth + d) * c.filters + f]);
            }
          result.push_back(sum);
        }
  return result;
}

void compare(Case c) {
  CAPTURE(c.json());
  CAPTURE(c.channels);
  CAPTURE(c.image[0]);
  CAPTURE(c.image[1]);
  if (c.depthwise) c.groups = c.channels;  // its kernel (kh, kw, C, M) has the memory of (kh, kw, 1, C * M)
  const auto conv = layer(c.depthwise ? "DepthwiseConv2D" : "Conv2D", c.json());
  const Tensor x = noise({2, c.image[0], c.image[1], c.channels}), bias = noise({c.filters}, 2);
  const Tensor kernel = noise({c.kernel[0], c.kernel[1], c.channels / c.groups, c.filters}, 3);
  conv->load({kernel, bias});
  const Tensor got = forward(*conv, {x});
  REQUIRE(got.shape() == Shape{2, c.out(0), c.out(1), c.filters});
  CHECK(conv->shape(std::vector{x.shape().item()}).batched(2) == got.shape());
  CHECK(difference(got, naive(c, x, kernel, bias)) < 2e-6);
}

}  // namespace

TEST_CASE("Conv2D slides its kernel over the image, without flipping it") {
  const auto conv = layer("Conv2D", R"({"filters": 1, "kernel_size": 2})");
  conv->load({tensor({2, 2, 1, 1}, {1, 10, 100, 1000}), tensor({1}, {0.5F})});
  CHECK(str(forward(*conv, {counting({1, 2, 3, 1})})) == "1 x 1 x 2 x 1: 4310.5, 5421.5");
}

TEST_CASE("Conv2D sums over channels and has one map per filter") {
  const auto conv = layer("Conv2D", R"({"filters": 2, "kernel_size": [1, 1], "use_bias": false})");
  conv->load({tensor({1, 1, 2, 2}, {1, 2, 10, 20})});
  CHECK(str(forward(*conv, {tensor({1, 1, 2, 2}, {1, 2, 3, 4})})) == "1 x 1 x 2 x 2: 21, 42, 43, 86");
}

TEST_CASE("with padding same the odd pixel of padding is below and to the right") {
  const auto conv =
      layer("Conv2D", R"({"filters": 1, "kernel_size": 2, "padding": "same", "use_bias": false})");
  conv->load({tensor({2, 2, 1, 1}, {1, 10, 100, 1000})});
  CHECK(str(forward(*conv, {tensor({1, 2, 2, 1}, {1, 2, 3, 4})})) == "1 x 2 x 2 x 1: 4321, 402, 43, 4");
}

TEST_CASE("Conv2D applies its activation") {
  const auto conv = layer("Conv2D", R"({"filters": 1, "kernel_size": 1, "activation": "relu"})");
  conv->load({tensor({1, 1, 1, 1}, {1}), tensor({1}, {-1})});
  CHECK(str(forward(*conv, {tensor({1, 1, 3, 1}, {0, 1, 3})})) == "1 x 1 x 3 x 1: 0, 0, 2");
  CHECK(conv->activation() == "relu");
}

TEST_CASE("each group of filters uses its group of channels") {
  const auto conv = layer("Conv2D", R"({"filters": 2, "kernel_size": 1, "groups": 2, "use_bias": false})");
  CHECK(weights_of(*conv, {{1, 1, 4}}) == "kernel 1 x 1 x 2 x 2");
  conv->load({tensor({1, 1, 2, 2}, {1, 2, 10, 20})});
  CHECK(str(forward(*conv, {tensor({1, 1, 1, 4}, {1, 2, 3, 4})})) == "1 x 1 x 1 x 2: 21, 86");
}

TEST_CASE("Conv2D agrees with its definition for strides, dilation, kernels, padding, groups and channels") {
  const std::array<std::array<std::int64_t, 2>, 5> kernels{{{1, 1}, {2, 2}, {3, 3}, {4, 1}, {2, 5}}};
  const std::array<std::array<std::int64_t, 2>, 4> steps{{{1, 1}, {2, 2}, {3, 1}, {1, 2}}};
  for (const auto& kernel : kernels)
    for (const auto& stride : steps)
      for (const auto& dilation : steps)
        for (const bool same : {false, true}) {
          Case c{{13, 14}, kernel, stride, dilation};
          c.same = same;
          compare(c);
          c.channels = 4;
          c.filters = 6;
          c.groups = 2;
          compare(c);
        }
}

TEST_CASE("Conv2D agrees with its definition for any size of image against the kernel") {
  for (const std::int64_t size : {1, 2, 3, 4, 5, 7})
    for (const std::int64_t kernel : {1, 2, 3, 4, 6})
      for (const std::int64_t stride : {1, 2, 4})
        for (const bool same : {false, true}) {
          Case c{{size, size + 1}, {kernel, kernel}, {stride, stride}};
          c.channels = 3;
          c.filters = 2;
          c.same = same;
          if (same || kernel <= size) compare(c);
        }
}

TEST_CASE("Conv2D agrees with its definition for images of more than one block, wide and deep") {
  Case c{{41, 37}, {3, 3}};
  c.channels = 5;
  c.filters = 7;
  c.same = true;
  compare(c);
  c = {{6, 6}, {3, 3}};
  c.channels = 96;
  c.filters = 33;
  compare(c);
  c = {{9, 40}, {1, 1}};
  c.channels = 6;
  c.filters = 9;
  c.groups = 3;
  compare(c);
}

TEST_CASE("DepthwiseConv2D agrees with its definition") {
  for (const std::int64_t multiplier : {1, 2, 3})
    for (const std::int64_t stride : {1, 2})
      for (const std::int64_t dilation : {1, 2})
        for (const bool same : {false, true}) {
          Case c{{9, 8}, {3, 2}, {stride, stride}, {dilation, dilation}};
          c.channels = 3;
          c.filters = 3 * multiplier;
          c.same = same;
          c.depthwise = true;
          compare(c);
        }
}

TEST_CASE("a convolution's numbers depend neither on the batch nor on the threads") {
  for (const std::string json :
       {R"({"filters": 5, "kernel_size": 3, "padding": "same"})", R"({"filters": 5, "kernel_size": 1})"}) {
    const auto conv = layer("Conv2D", json);
    const std::int64_t k = json.find("same") == std::string::npos ? 1 : 3;
    conv->load({noise({k, k, 3, 5}), noise({5}, 2)});
    const Tensor x = noise({4, 40, 33, 3}, 3);
    const Tensor together = forward(*conv, {x});
    CHECK(str(forward(*conv, {x}, 4)) == str(together));
    for (std::int64_t i = 0; i < 4; ++i)
      CHECK(str(forward(*conv, {x.items(i, 1)})) == str(together.items(i, 1)));
  }
}

TEST_CASE("shape, weights and cost of Conv2D") {
  const auto conv = layer("Conv2D", R"({"filters": 6, "kernel_size": [5, 5]})");
  CHECK(shape_of(*conv, {{28, 28, 1}}) == Shape{24, 24, 6});
  CHECK(weights_of(*conv, {{28, 28, 1}}) == "kernel 5 x 5 x 1 x 6, bias 6");
  CHECK(conv->macs(std::vector<Shape>{{28, 28, 1}}) == 24 * 24 * 6 * 25);
  const auto grouped = layer("Conv2D", R"({"filters": 6, "kernel_size": 3, "groups": 3, "strides": 2})");
  CHECK(grouped->macs(std::vector<Shape>{{9, 9, 12}}) == 4 * 4 * 6 * 9 * 4);
  const auto depthwise = layer("DepthwiseConv2D", R"({"kernel_size": 3, "depth_multiplier": 2})");
  CHECK(shape_of(*depthwise, {{9, 9, 12}}) == Shape{7, 7, 24});
  CHECK(weights_of(*depthwise, {{9, 9, 12}}) == "depthwise_kernel 3 x 3 x 12 x 2, bias 24");
  CHECK(depthwise->macs(std::vector<Shape>{{9, 9, 12}}) == 7 * 7 * 24 * 9);
}

TEST_CASE("unknown sizes stay unknown") {
  const auto conv = layer("Conv2D", R"({"filters": 6, "kernel_size": 5})");
  CHECK(shape_of(*conv, {{Shape::unknown, 9, 1}}).str() == "? x 5 x 6");
  CHECK(weights_of(*conv, {{9, 9, Shape::unknown}}) == "kernel 5 x 5 x ? x 6, bias 6");
}

TEST_CASE("the window of one position") {
  CHECK(str(layer("Conv2D", R"({"filters": 1, "kernel_size": 3})")->window({8, 8, 1})) ==
        "3x3 stride 1x1 before 0x0");
  CHECK(str(layer("Conv2D", R"({"filters": 1, "kernel_size": [3, 5], "padding": "same"})")
                ->window({8, 8, 1})) == "3x5 stride 1x1 before 1x2");
  CHECK(str(layer("Conv2D", R"({"filters": 1, "kernel_size": 3, "dilation_rate": 2})")->window({8, 8, 1})) ==
        "5x5 stride 1x1 before 0x0");
  // An even image leaves one pixel of padding for a kernel of 3 at stride 2: below.
  CHECK(str(layer("Conv2D", R"({"filters": 1, "kernel_size": 3, "strides": 2, "padding": "same"})")
                ->window({8, 9, 1})) == "3x3 stride 2x2 before 0x1");
}

TEST_CASE("a convolution refuses unknown options and inputs that do not fit") {
  CHECK(refusal("Conv2D", R"({"kernel_size": 3})") == "input: option filters is absent, not a whole number");
  CHECK(refusal("Conv2D", R"({"filters": 2})") ==
        "input: option kernel_size is absent, not one or two whole numbers");
  CHECK(refusal("Conv2D", R"({"filters": 2, "kernel_size": [1, 2, 3]})")
            .find("input: option kernel_size is [1,2,3]") == 0);
  CHECK(refusal("Conv2D", R"({"filters": 2, "kernel_size": 0})").find("input: option kernel_size") == 0);
  CHECK(refusal("Conv2D", R"({"filters": 0, "kernel_size": 1})") == "input: option filters is 0");
  CHECK(refusal("Conv2D", R"({"filters": 3, "kernel_size": 1, "groups": 2})") ==
        "input: 3 filters cannot form 2 groups");
  CHECK(refusal("Conv2D", R"({"filters": 3, "kernel_size": 1, "padding": "causal"})") ==
        "unsupported: option padding: 'causal' is not supported");
  CHECK(refusal("Conv2D", R"({"filters": 3, "kernel_size": 1, "data_format": "nchw"})") ==
        "unsupported: option data_format: 'nchw' is not supported");
  CHECK(refusal("Conv2D", R"({"filters": 3, "kernel_size": 1, "bananas": 1})") ==
        "unsupported: option 'bananas' is not supported");
  CHECK(refusal("DepthwiseConv2D", R"({"kernel_size": 1, "depth_multiplier": 0})") ==
        "input: option depth_multiplier is 0");
  CHECK(complaint([] {
          shape_of("Conv2D", R"({"filters": 2, "kernel_size": 3})", {{2, 9, 1}});
        }) == "input: its window of 3 does not fit into an input of 2");
  CHECK(complaint([] {
          shape_of("Conv2D", R"({"filters": 2, "kernel_size": 1, "groups": 2})", {{2, 9, 3}});
        }) == "input: its input's 3 channels cannot form 2 groups");
  CHECK(complaint([] {
          shape_of("Conv2D", R"({"filters": 2, "kernel_size": 3})", {{28, 28}});
        }) == "input: it takes an input of 3 axes, not 28 x 28");
}

TEST_CASE("Conv1D with causal padding depends on earlier positions only") {
  const auto conv =
      layer("Conv1D", R"({"filters": 1, "kernel_size": 2, "dilation_rate": 2, "padding": "causal",
                                        "use_bias": false})");
  CHECK(weights_of(*conv, {{5, 1}}) == "kernel 2 x 1 x 1");
  conv->load({tensor({2, 1, 1}, {1, 10})});
  CHECK(str(forward(*conv, {tensor({1, 5, 1}, {1, 2, 3, 4, 5})})) == "1 x 5 x 1: 10, 20, 31, 42, 53");
  CHECK(shape_of("Conv1D", R"({"filters": 4, "kernel_size": 3, "strides": 2, "padding": "causal"})",
                 {{9, 2}}) == "5 x 4");
  CHECK(str(conv->window({5, 1})) == "none");
}

TEST_CASE("Conv3D slides over depth too") {
  const auto conv = layer("Conv3D", R"({"filters": 1, "kernel_size": [2, 1, 1], "use_bias": false})");
  CHECK(weights_of(*conv, {{2, 1, 2, 1}}) == "kernel 2 x 1 x 1 x 1 x 1");
  conv->load({tensor({2, 1, 1, 1, 1}, {1, 10})});
  CHECK(str(forward(*conv, {counting({1, 2, 1, 2, 1})})) == "1 x 1 x 1 x 2 x 1: 20, 31");
  CHECK(conv->macs(std::vector<Shape>{{2, 1, 2, 1}}) == 4);
  CHECK(complaint([] {
          shape_of("Conv3D", R"({"filters": 1, "kernel_size": 1})", {{4, 4, 1}});
        }) == "input: it takes an input of 4 axes, not 4 x 4 x 1");
  CHECK(refusal("Conv3D", R"({"filters": 1, "kernel_size": [1, 2]})") ==
        "input: option kernel_size is [1,2], not one or three positive whole numbers");
}

TEST_CASE("as many groups as channels are a depthwise convolution") {
  Case c{{8, 9}, {3, 3}};
  c.channels = c.groups = 4;
  c.filters = 12;
  c.same = true;
  compare(c);
}

TEST_CASE("gradients of convolutions agree with differences") {
  const auto check = [](const std::string& kind, const std::string& options, const Shape& item) {
    CAPTURE(options);
    const auto conv = layer(kind, R"({"filters": 4, )" + options + "}");
    std::vector<Tensor> weights;
    for (const WeightSpec& w : conv->weights(std::vector{item}))
      weights.push_back(noise(w.shape, static_cast<std::uint32_t>(weights.size()) + 5));
    conv->load(weights);
    check_gradient(*conv, {noise(item.batched(2))});
  };
  check("Conv1D", R"("kernel_size": 3, "padding": "causal", "dilation_rate": 2)", {7, 2});
  check("Conv1D", R"("kernel_size": 3, "strides": 2, "padding": "same", "activation": "tanh")", {8, 2});
  check("Conv2D", R"("kernel_size": [3, 2], "padding": "same")", {5, 6, 3});
  check("Conv2D", R"("kernel_size": 3, "strides": [2, 3])", {7, 6, 2});
  check("Conv2D", R"("kernel_size": 3, "dilation_rate": 2, "activation": "swish")", {6, 7, 2});
  check("Conv2D", R"("kernel_size": 2, "groups": 2, "activation": "softmax")", {4, 4, 4});
  check("Conv2D", R"("kernel_size": 2, "groups": 4, "padding": "same")", {4, 4, 4});
  check("Conv2D", R"("kernel_size": 2, "data_format": "channels_first", "activation": "softmax")", {2, 4, 3});
  check("Conv3D", R"("kernel_size": [2, 3, 2], "strides": [1, 2, 1], "padding": "same")", {3, 4, 3, 2});
}

}  // namespace nv::test
