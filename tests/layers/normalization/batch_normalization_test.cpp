#include <doctest/doctest.h>

#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("BatchNormalization subtracts the mean, divides by the deviation, scales and shifts") {
  const auto bn = layer("BatchNormalization", R"({"epsilon": 0.0})");
  bn->load({tensor({2}, {2, 1}), tensor({2}, {0.5F, 0}), tensor({2}, {1, -1}), tensor({2}, {4, 0.25F})});
  CHECK(str(forward(*bn, {tensor({1, 2, 2}, {1, -1, 5, 0})})) == "1 x 2 x 2: 0.5, 0, 4.5, 2");
}

TEST_CASE("epsilon keeps a channel without variance finite") {
  const auto bn = layer("BatchNormalization", R"({"epsilon": 0.01, "center": false, "scale": false})");
  CHECK(weights_of(*bn, {{1}}) == "moving_mean 1 (fixed), moving_variance 1 (fixed)");
  bn->load({tensor({1}, {0}), tensor({1}, {0})});
  CHECK(forward(*bn, {tensor({1, 1}, {3})})[0] == doctest::Approx(30));
}

TEST_CASE("options scale and center decide on gamma and beta, in Keras's order") {
  CHECK(weights_of(*layer("BatchNormalization"), {{4, 4, 3}}) ==
        "gamma 3, beta 3, moving_mean 3 (fixed), moving_variance 3 (fixed)");
  CHECK(weights_of(*layer("BatchNormalization", R"({"scale": false})"), {{4, 4, 3}}) ==
        "beta 3, moving_mean 3 (fixed), moving_variance 3 (fixed)");
  const auto scaled = layer("BatchNormalization", R"({"center": false, "epsilon": 0})");
  CHECK(weights_of(*scaled, {{4, 4, 3}}) == "gamma 3, moving_mean 3 (fixed), moving_variance 3 (fixed)");
  scaled->load({tensor({1}, {3}), tensor({1}, {0}), tensor({1}, {1})});
  CHECK(str(forward(*scaled, {tensor({1, 1}, {2})})) == "1 x 1: 6");
  const auto shifted = layer("BatchNormalization", R"({"scale": false, "epsilon": 0})");
  shifted->load({tensor({1}, {3}), tensor({1}, {0}), tensor({1}, {1})});
  CHECK(str(forward(*shifted, {tensor({1, 1}, {2})})) == "1 x 1: 5");
}

TEST_CASE("the axis may be any: counted with the batch, from the end, or in a list of one") {
  for (const char* json :
       {R"({"axis": 1, "epsilon": 0})", R"({"axis": [1], "epsilon": 0})", R"({"axis": -2, "epsilon": 0})"}) {
    const auto bn = layer("BatchNormalization", json);
    CHECK(weights_of(*bn, {{2, 3}}).find("gamma 2") == 0);
    bn->load({tensor({2}, {1, 10}), tensor({2}, {0, 0}), tensor({2}, {0, 0}), tensor({2}, {1, 1})});
    CHECK(str(forward(*bn, {counting({1, 2, 3})})) == "1 x 2 x 3: 0, 1, 2, 30, 40, 50");
  }
}

TEST_CASE("the result does not depend on how the work is divided") {
  const auto bn = layer("BatchNormalization");
  bn->load({noise({3}), noise({3}, 2), noise({3}, 3), Tensor(Shape{3}, 2.0F)});
  const Tensor x = noise({2, 150, 100, 3}, 4);
  const Tensor whole = forward(*bn, {x}, 4);
  const Tensor part = forward(*bn, {x.reshaped({2 * 150, 100, 3}).items(299, 1)});
  CHECK(std::ranges::equal(part.values(), whole.values().last(300)));
}

TEST_CASE("BatchNormalization keeps the shape, the position and the rank") {
  const auto bn = layer("BatchNormalization", R"({"momentum": 0.99, "synchronized": false, "renorm": null})");
  CHECK(shape_of(*bn, {{4, 5, 6}}) == Shape{4, 5, 6});
  CHECK(str(bn->window({4, 5, 6})) == "1x1 stride 1x1 before 0x0");
  CHECK(str(bn->window({4})) == "none");
}

TEST_CASE("BatchNormalization refuses unknown options and inputs that do not fit") {
  CHECK(refusal("BatchNormalization", R"({"axis": [1, 2]})") ==
        "unsupported: option axis: 2 axes are not supported");
  CHECK(refusal("BatchNormalization", R"({"flavour": 1})") ==
        "unsupported: option 'flavour' is not supported");
  CHECK(refusal("BatchNormalization", R"({"epsilon": "small"})") ==
        "input: option epsilon is \"small\", not a number");
  CHECK(complaint([] {
          shape_of("BatchNormalization", R"({"axis": 3})", {{5, 6}});
        }) == "input: option axis is 3, of an input of 5 x 6");
  CHECK(complaint([] { shape_of("BatchNormalization", R"({"axis": 0})", {{5, 6}}); }).find("input: ") == 0);
}

TEST_CASE("gradients of BatchNormalization") {
  for (const char* json : {"{}", R"({"axis": 1, "scale": false})"}) {
    const auto bn = layer("BatchNormalization", json);
    std::vector<Tensor> weights;
    for (const WeightSpec& w : bn->weights(std::array{Shape{3, 4}})) weights.push_back(distinct(w.shape, 3));
    for (float& v : weights.back().values()) v = v * v + 1;
    bn->load(weights);
    check_gradient(*bn, {noise({2, 3, 4})});
  }
}

TEST_CASE("renormalization and virtual batches matter in training only") {
  const auto renorm = layer("BatchNormalization", R"({"renorm": true, "renorm_clipping": {}, "epsilon": 0})");
  CHECK(weights_of(*renorm, {{2}}) ==
        "gamma 2, beta 2, moving_mean 2 (fixed), moving_variance 2 (fixed), moving_stddev 2 (fixed), "
        "renorm_mean 2 "
        "(fixed), renorm_stddev 2 (fixed)");
  const Tensor gamma = tensor({2}, {2, 1}), beta = tensor({2}, {0.5F, 0}), mean = tensor({2}, {1, -1}),
               variance = tensor({2}, {4, 0.25F}), other = tensor({2}, {100, 100});
  renorm->load({gamma, beta, mean, variance, other, other, other});
  CHECK(str(forward(*renorm, {tensor({1, 2}, {5, 0})})) == "1 x 2: 4.5, 2");
  const auto ghost = layer("SyncBatchNormalization", R"({"virtual_batch_size": 4, "epsilon": 0})");
  CHECK(weights_of(*ghost, {{3, 2}}).find("gamma 1 x 1 x 1 x 2, ") == 0);
  const Shape wide{1, 1, 1, 2};
  ghost->load({gamma.reshaped(wide), beta.reshaped(wide), mean.reshaped(wide), variance.reshaped(wide)});
  CHECK(str(forward(*ghost, {tensor({1, 1, 2}, {5, 0})})) == "1 x 1 x 2: 4.5, 2");
}

}  // namespace nv::test
