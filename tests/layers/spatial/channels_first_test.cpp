#include <doctest/doctest.h>

#include "layers/support.h"
#include "nv/kernels/transpose.h"

namespace nv::test {

namespace {

/// Checks that a layer with these options returns the same values in either layout.
void compare(const std::string& kind, const std::string& options, const std::vector<Tensor>& weights = {}) {
  CAPTURE(kind);
  const std::string rest = options.empty() ? "" : ", " + options;
  const auto last = layer(kind, R"({"data_format": "channels_last")" + rest + "}");
  const auto first = layer(kind, R"({"data_format": "channels_first")" + rest + "}");
  if (!weights.empty()) {
    last->load(weights);
    first->load(weights);
  }
  const Tensor x = noise({2, 6, 7, 2});
  const Tensor expected = forward(*last, {x});
  const Tensor got = forward(*first, {transpose(x, std::array{0, 3, 1, 2})});
  const bool image = got.shape().rank() == 4;
  CHECK(str(image ? transpose(got, std::array{0, 2, 3, 1}) : got) == str(expected));
  const std::vector<Shape> shape_last{{6, 7, 2}}, shape_first{{2, 6, 7}};
  CHECK(first->shape(shape_first).batched(2) == got.shape());
  CHECK(first->macs(shape_first) == last->macs(shape_last));
  CHECK(str(first->window(shape_first[0])) == str(last->window(shape_last[0])));
  CHECK(weights_of(*first, shape_first) == weights_of(*last, shape_last));
  CHECK(first->activation() == last->activation());
}

}  // namespace

TEST_CASE("every image layer returns the same values in either layout") {
  compare(
      "Conv2D",
      R"("filters": 3, "kernel_size": [3, 2], "strides": [2, 1], "padding": "same", "activation": "tanh")",
      {noise({3, 2, 2, 3}), noise({3}, 2)});
  compare("DepthwiseConv2D", R"("kernel_size": 3, "depth_multiplier": 2)",
          {noise({3, 3, 2, 2}), noise({4}, 2)});
  compare("MaxPooling2D", "");
  compare("AveragePooling2D", R"("pool_size": 3, "strides": 2, "padding": "same")");
  compare("GlobalMaxPooling2D", "");
  compare("GlobalAveragePooling2D", R"("keepdims": true)");
  compare("GlobalAveragePooling2D", "");
  compare("ZeroPadding2D", R"("padding": [[1, 0], [2, 3]])");
  compare("Cropping2D", R"("cropping": [[1, 0], [2, 3]])");
}

TEST_CASE("softmax works along the last axis of the layout, which is not that of the channels") {
  const auto conv =
      layer("Conv1D", R"({"filters": 1, "kernel_size": 1, "use_bias": false, "activation": "softmax",
                                        "data_format": "channels_first"})");
  conv->load({tensor({1, 1, 1}, {1})});
  CHECK(str(forward(*conv, {tensor({1, 1, 2}, {3, 3})})) == "1 x 1 x 2: 0.5, 0.5");
}

TEST_CASE("a channels_first layer takes images") {
  CHECK(complaint([] {
          shape_of("MaxPooling2D", R"({"data_format": "channels_first"})", {{2, 6}});
        }) == "input: it takes an input of 3 axes, not 6 x 2");
}

}  // namespace nv::test
