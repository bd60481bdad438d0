#include <doctest/doctest.h>

#include "layers/support.h"

namespace nv::test {

TEST_CASE("Dense multiplies by its kernel and adds its bias") {
  const auto dense = layer("Dense", R"({"units": 2})");
  dense->load({tensor({3, 2}, {1, 2, 3, 4, 5, 6}), tensor({2}, {100, 200})});
  CHECK(str(forward(*dense, {tensor({1, 3}, {1, 10, 100})})) == "1 x 2: 631, 842");
}

TEST_CASE("Dense without a bias and with an activation") {
  const auto dense = layer("Dense", R"({"units": 2, "use_bias": false, "activation": "relu"})");
  CHECK(dense->activation() == "relu");
  CHECK(weights_of(*dense, {{3}}) == "kernel 3 x 2");
  dense->load({tensor({1, 2}, {1, -1})});
  CHECK(str(forward(*dense, {tensor({2, 1}, {2, -3})})) == "2 x 2: 2, 0, 0, 3");
}

TEST_CASE("Dense applies softmax to each row") {
  const auto dense = layer("Dense", R"({"units": 2, "use_bias": false, "activation": "softmax"})");
  dense->load({tensor({1, 2}, {1, 1})});
  CHECK(str(forward(*dense, {tensor({2, 1}, {5, -9})})) == "2 x 2: 0.5, 0.5, 0.5, 0.5");
}

TEST_CASE("Dense works along the last axis of an input of several") {
  const auto dense = layer("Dense", R"({"units": 1})");
  dense->load({tensor({2, 1}, {1, 10}), tensor({1}, {0.5F})});
  CHECK(shape_of(*dense, {{2, 2}}) == Shape{2, 1});
  CHECK(str(forward(*dense, {counting({1, 2, 2})})) == "1 x 2 x 1: 10.5, 32.5");
}

TEST_CASE("shape, weights and cost of Dense") {
  const auto dense = layer("Dense", R"({"units": 10})");
  CHECK(shape_of(*dense, {{400}}) == Shape{10});
  CHECK(weights_of(*dense, {{400}}) == "kernel 400 x 10, bias 10");
  CHECK(dense->macs(std::vector<Shape>{{400}}) == 4000);
  CHECK(dense->macs(std::vector<Shape>{{7, 400}}) == 28000);
  CHECK(str(dense->window({400})) == "none");
  CHECK(dense->activation() == "linear");
}

TEST_CASE("a row's values depend neither on other rows nor on the number of threads") {
  const auto dense = layer("Dense", R"({"units": 300})");  // more than one piece of columns
  dense->load({noise({37, 300}), noise({300}, 2)});
  const Tensor rows = noise({9, 37}, 3);
  const Tensor together = forward(*dense, {rows}, 1);
  const std::string shared = str(forward(*dense, {rows}, 4));
  CHECK(str(together) == shared);
  for (std::int64_t i = 0; i < 9; ++i)
    CHECK(str(forward(*dense, {rows.items(i, 1)})) == str(together.items(i, 1)));
}

TEST_CASE("Dense agrees with sums in double") {
  const std::int64_t depth = 500, units = 270;
  const auto dense = layer("Dense", R"({"units": 270})");
  const Tensor kernel = noise({depth, units}), bias = noise({units}, 2), x = noise({2, depth}, 3);
  dense->load({kernel, bias});
  std::vector<double> expected;
  for (std::int64_t row = 0; row < 2; ++row)
    for (std::int64_t u = 0; u < units; ++u) {
      auto sum = static_cast<double>(bias[u]);
      for (std::int64_t d = 0; d < depth; ++d)
        sum += static_cast<double>(x[row * depth + d]) * static_cast<double>(kernel[d * units + u]);
      expected.push_back(sum);
    }
  CHECK(difference(forward(*dense, {x}), expected) < 1e-6);
}

TEST_CASE("Dense refuses unknown options") {
  CHECK(refusal("Dense", "{}") == "input: option units is absent, not a whole number");
  CHECK(refusal("Dense", R"({"units": 0})") == "input: option units is 0");
  CHECK(refusal("Dense", R"({"units": 2, "kernel_mask": 1})") ==
        "unsupported: option 'kernel_mask' is not supported");
  CHECK(refusal("Dense", R"({"units": 2, "activation": "maxout"})") ==
        "unsupported: activation 'maxout' is not supported");
  CHECK(complaint([] { shape_of("Dense", R"({"units": 2})", {Shape{}}); }).find("input: ") == 0);
  CHECK(complaint([] {
          shape_of("Dense", R"({"units": 2})", {{2}, {2}});
        }) == "input: it takes one input, not 2");
}

TEST_CASE("options that matter in training only are ignored") {
  CHECK(
      refusal("Dense", R"({"name": "d", "trainable": true, "dtype": {"class_name": "DTypePolicy"}, "units": 2,
      "kernel_initializer": {"class_name": "GlorotUniform"}, "bias_initializer": "zeros", "kernel_regularizer": null,
      "activity_regularizer": {"class_name": "L2"}, "bias_constraint": {"class_name": "NonNeg"},
      "lora_rank": 4, "quantization_config": null, "batch_input_shape": [null, 3]})")
          .empty());
}

}  // namespace nv::test
