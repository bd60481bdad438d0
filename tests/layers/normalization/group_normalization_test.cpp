// Expected numbers are Keras 3.15's.
#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {
const Tensor x = tensor({1, 2, 4}, {-5, 1, 2, 3, 4, 5, 6, 7});
}  // namespace

TEST_CASE("GroupNormalization normalises groups of channels over all positions") {
  const auto gn = layer("GroupNormalization", R"({"groups": 2, "axis": -1, "epsilon": 0.5})");
  CHECK(weights_of(*gn, {{2, 4}}) == "gamma 4, beta 4");
  gn->load({tensor({4}, {1, 2, 3, 4}), tensor({4}, {0.1F, 0.2F, 0.3F, 0.4F})});
  CHECK(difference(forward(*gn, {x}),
                   {-1.47799, 0.0737611, -3.14124, -2.35299, 0.794314, 2.09358, 2.36474, 4.98831}) < 5e-6);
}

TEST_CASE("groups of -1 are single channels, the axis may be any") {
  const auto gn = layer("GroupNormalization", R"({"groups": -1, "axis": 1, "epsilon": 0.5, "scale": false})");
  CHECK(weights_of(*gn, {{2, 4}}) == "beta 2");
  gn->load({tensor({2}, {0.1F, 0.2F})});
  CHECK(difference(forward(*gn, {x}),
                   {-1.54485, 0.334978, 0.648282, 0.961587, -0.933893, -0.177964, 0.577965, 1.33389}) < 5e-6);
}

TEST_CASE("channels that do not make groups are an error") {
  CHECK(complaint([] {
          (void)shape_of("GroupNormalization", R"({"groups": 3})", {{2, 4}});
        }) == "input: 4 channels cannot form 3 groups");
  CHECK(complaint([] {
          (void)shape_of("GroupNormalization", "{}", {{2, 4}});
        }) == "input: 4 channels cannot form 32 groups");
  CHECK(refusal("GroupNormalization", R"({"groups": 0})") == "input: option groups is 0");
  CHECK(refusal("GroupNormalization", R"({"groups": -2})") == "input: option groups is -2");
  CHECK(shape_of("GroupNormalization", "{}", {{Shape::unknown, Shape::unknown}}) == "? x ?");
}

TEST_CASE("gradients of GroupNormalization") {
  for (const char* json : {R"({"groups": 2})", R"({"groups": 3, "axis": 1, "center": false})",
                           R"({"groups": -1, "axis": -2, "scale": false})"}) {
    CAPTURE(json);
    const auto gn = layer("GroupNormalization", json);
    load_noise(*gn, {{3, 4, 4}});
    check_gradient(*gn, {noise({2, 3, 4, 4})});
  }
}

}  // namespace nv::test
