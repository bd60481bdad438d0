#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("LayerScale multiplies channels, CustomScaleLayer adds a part of its second input") {
  const auto scale = layer("LayerScale", R"({"init_values": 1e-6, "projection_dim": 2})");
  CHECK(weights_of(*scale, {{3, 2}}) == "gamma 2");
  scale->load({tensor({2}, {2, 3})});
  CHECK(str(forward(*scale, {counting({1, 2, 2})})) == "1 x 2 x 2: 0, 3, 4, 9");
  check_gradient(*scale, {noise({2, 2, 2})});
  const auto custom = layer("CustomScaleLayer", R"({"scale": 0.5})");
  CHECK(str(forward(*custom, {tensor({1, 2}, {1, 2}), tensor({1, 2}, {10, 20})})) == "1 x 2: 6, 12");
  check_gradient(*custom, {noise({2, 3}), noise({2, 3}, 2)});
}

TEST_CASE("they are part of Keras under the package of keras.applications only") {
  LayerSpec own = spec("CustomScaleLayer", R"({"scale": 1})");
  own.package = "Custom";
  CHECK(complaint([&] { (void)make_layer(own, {}); }).empty());
  own.package = "mine";
  CHECK(complaint([&] { (void)make_layer(own, {}); }).find("unsupported: a custom class") == 0);
}

TEST_CASE("inputs that do not fit are errors") {
  CHECK(complaint([] { (void)shape_of("LayerScale", R"({"projection_dim": 2})", {{3}}); }) ==
        "input: it scales 2 channels, not an input of 3");
  CHECK(refusal("LayerScale", R"({"projection_dim": 0})") == "input: option projection_dim is 0");
  CHECK(complaint([] { (void)shape_of("CustomScaleLayer", R"({"scale": 1})", {{3}}); }) ==
        "input: it takes two inputs, not 1");
}

}  // namespace nv::test
