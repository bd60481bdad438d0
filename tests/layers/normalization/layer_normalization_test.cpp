// Expected numbers are Keras 3.15's.
#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {
const Tensor to_normalise = tensor({1, 2, 3}, {0, 1, 2, 3, 4, 9});
const Tensor one_two_three = tensor({3}, {1, 2, 3});
}  // namespace

TEST_CASE("LayerNormalization normalises the last axis of each position") {
  const auto ln = layer("LayerNormalization", R"({"axis": -1, "epsilon": 0.5})");
  CHECK(weights_of(*ln, {{2, 3}}) == "gamma 3, beta 3");
  ln->load({one_two_three, tensor({3}, {0.1F, 0.2F, 0.3F})});
  CHECK(difference(forward(*ln, {to_normalise}), {-0.82582, 0.2, 3.07746, -0.758395, -0.781023, 4.34672}) <
        5e-6);
  CHECK(shape_of("LayerNormalization", "{}", {{Shape::unknown, 3}}) == "? x 3");
}

TEST_CASE("LayerNormalization takes several axes together, and leaves beta or gamma out") {
  const auto ln = layer("LayerNormalization", R"({"axis": [2, 1], "epsilon": 0.5, "center": false})");
  CHECK(weights_of(*ln, {{2, 3}}) == "gamma 2 x 3");  // Keras 3 sorts axes
  ln->load({tensor({2, 3}, {1, 2, 3, 4, 5, 6})});
  CHECK(difference(forward(*ln, {to_normalise}),
                   {-1.05719, -1.44668, -1.16847, -0.222566, 1.39104, 11.6847}) < 5e-6);
  CHECK(weights_of(*layer("LayerNormalization", R"({"axis": [2, 1], "scale": false})", 2), {{2, 3}}) ==
        "beta 3 x 2");
  CHECK(weights_of(*layer("LayerNormalization", R"({"center": false, "scale": false})"), {{2, 3}}).empty());
}

TEST_CASE("rms_scaling divides by the deviation and keeps the mean") {
  const auto ln = layer("LayerNormalization", R"({"rms_scaling": true, "epsilon": 0.5, "center": true})");
  CHECK(weights_of(*ln, {{2, 3}}) == "gamma 3");
  ln->load({one_two_three});
  CHECK(difference(forward(*ln, {to_normalise}), {0, 1.85164, 5.55492, 1.10365, 2.94307, 9.93286}) < 5e-6);
}

TEST_CASE("RMSNormalization divides by the root of the mean square") {
  const auto rms = layer("RMSNormalization", R"({"axis": [-1], "epsilon": 0.5})");
  CHECK(weights_of(*rms, {{2, 3}}) == "scale 3");
  rms->load({one_two_three});
  CHECK(difference(forward(*rms, {to_normalise}), {0, 1.35873, 4.0762, 0.501161, 1.33643, 4.51045}) < 5e-6);
}

TEST_CASE("UnitNormalization makes vectors of length 1, and leaves zeros") {
  CHECK(difference(forward("UnitNormalization", "{}", {to_normalise}),
                   {0, 0.447214, 0.894427, 0.291386, 0.388514, 0.874157}) < 5e-6);
  CHECK(str(forward("UnitNormalization", R"({"axis": [1, 2]})", {tensor({1, 1, 2}, {0, 0})})) ==
        "1 x 1 x 2: 0, 0");
}

TEST_CASE("axes that do not exist or are named twice are errors") {
  const auto problem = [](const std::string& kind, const std::string& json) {
    return complaint([&] { (void)layer(kind, json)->shape(std::array{Shape{2, 3}}); });
  };
  CHECK(problem("LayerNormalization", R"({"axis": 3})") == "input: option axis is 3, of an input of 2 x 3");
  CHECK(problem("LayerNormalization", R"({"axis": 0})") == "input: option axis is 0, of an input of 2 x 3");
  CHECK(problem("UnitNormalization", R"({"axis": [2, -1]})") == "input: option axis names an axis twice");
  CHECK(refusal("LayerNormalization", R"({"whitening": true})") ==
        "unsupported: option 'whitening' is not supported");
}

TEST_CASE("gradients of normalisations along axes") {
  for (const char* json : {"{}", R"({"axis": [1, 3], "epsilon": 0.2})", R"({"axis": 2, "scale": false})",
                           R"({"rms_scaling": true})"}) {
    CAPTURE(json);
    const auto ln = layer("LayerNormalization", json);
    load_noise(*ln, {{3, 4, 5}});
    check_gradient(*ln, {noise({2, 3, 4, 5})}, 2e-4);
  }
  const auto rms = layer("RMSNormalization", R"({"axis": [2, 3]})");
  load_noise(*rms, {{3, 4, 5}});
  check_gradient(*rms, {noise({2, 3, 4, 5})});
  check_gradient(*layer("UnitNormalization", R"({"axis": [1, 3]})"), {noise({2, 3, 4, 5})});
}

}  // namespace nv::test
