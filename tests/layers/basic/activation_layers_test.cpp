#include <doctest/doctest.h>

#include <cmath>

#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("Activation applies the function that it names, as text or as an object") {
  const Tensor x = tensor({1, 3}, {-1, 0, 2});
  for (
      const char* json :
      {R"({"activation": "relu"})",
       R"({"activation": {"module": "builtins", "class_name": "function", "config": "relu", "registered_name": "function"}})",
       R"({"activation": {"class_name": "ReLU", "config": {"name": "re_lu"}}})"}) {
    CAPTURE(json);
    CHECK(str(forward("Activation", json, {x})) == "1 x 3: 0, 0, 2");
    CHECK(layer("Activation", json)->activation() == "relu");
  }
  CHECK(str(forward("Activation",
                    R"({"activation": {"class_name": "LeakyReLU", "config": {"negative_slope": 0.5}}})",
                    {x})) == "1 x 3: -0.5, 0, 2");
}

TEST_CASE("an unknown option of an activation layer is refused") {
  const auto softmax = [](const std::string& axis) {
    return R"({"activation": {"class_name": "Softmax", "config": {"name": "s", "axis": )" + axis + "}}}";
  };
  CHECK(refusal("Activation", softmax("-1")).empty());
  CHECK(refusal("Activation", softmax("1")) ==
        "unsupported: option 'axis' of its activation Softmax is not supported");
}

TEST_CASE("an activation leaves its input as it is") {
  const Tensor x = tensor({1, 2}, {-1, 1});
  for (const char* kind : {"ReLU", "ELU", "LeakyReLU", "Softmax"}) (void)forward(kind, "{}", {x});
  CHECK(str(x) == "1 x 2: -1, 1");
}

TEST_CASE("ReLU, LeakyReLU and ELU take their options") {
  const Tensor x = tensor({1, 4}, {-2, 0.5F, 1, 9});
  CHECK(str(forward("ReLU", "{}", {x})) == "1 x 4: 0, 0.5, 1, 9");
  CHECK(str(forward("ReLU", R"({"max_value": 6.0, "negative_slope": 0.5, "threshold": 1.0})", {x})) ==
        "1 x 4: -1.5, -0.25, 0, 6");
  CHECK(str(forward("LeakyReLU", R"({"alpha": 0.5})", {x})) == "1 x 4: -1, 0.5, 1, 9");
  CHECK(forward("ELU", R"({"alpha": 3})", {x})[0] == doctest::Approx(3 * (std::exp(-2.0) - 1)));
}

TEST_CASE("Softmax works along any one axis") {
  const float two = std::log(2.0F);
  const Tensor x = tensor({1, 2, 2}, {0, two, 0, 0});
  const Tensor last = forward("Softmax", "{}", {x}), first = forward("Softmax", R"({"axis": 1})", {x});
  CHECK(last[0] == doctest::Approx(1.0 / 3));
  CHECK(last[1] == doctest::Approx(2.0 / 3));
  CHECK(last[2] == doctest::Approx(0.5));
  CHECK(first[0] == doctest::Approx(0.5));
  CHECK(first[1] == doctest::Approx(2.0 / 3));
  CHECK(first[3] == doctest::Approx(1.0 / 3));
  CHECK(str(forward("Softmax", R"({"axis": [-1]})", {x})) == str(last));
  CHECK(layer("Softmax")->activation() == "softmax");
}

TEST_CASE("PReLU has one slope per value, or one along shared axes") {
  const auto own = layer("PReLU");
  CHECK(weights_of(*own, {{2, 1, 2}}) == "alpha 2 x 1 x 2");
  own->load({tensor({2, 1, 2}, {1, 10, 100, 1000})});
  const Tensor x = tensor({2, 2, 1, 2}, {-1, -1, -1, -1, 5, -2, -2, 5});
  CHECK(str(forward(*own, {x})) == "2 x 2 x 1 x 2: -1, -10, -100, -1000, 5, -20, -200, 5");
  const auto shared = layer("PReLU", R"({"shared_axes": [1, 2]})");
  CHECK(weights_of(*shared, {{2, 1, 2}}) == "alpha 1 x 1 x 2");
  shared->load({tensor({1, 1, 2}, {2, 3})});
  CHECK(str(forward(*shared, {x})) == "2 x 2 x 1 x 2: -2, -3, -2, -3, 5, -6, -4, 5");
  const auto columns = layer("PReLU", R"({"shared_axes": [1, 3]})");
  columns->load({tensor({1, 2, 1}, {2, 3})});
  CHECK(str(forward(*columns, {Tensor(Shape{1, 2, 2, 1}, -1.0F)})) == "1 x 2 x 2 x 1: -2, -3, -2, -3");
}

TEST_CASE("activation layers depend on one position, and have no channels_first") {
  for (const char* kind : {"ReLU", "Softmax", "PReLU"}) {
    CHECK(str(layer(kind)->window({4, 4, 2})) == "1x1 stride 1x1 before 0x0");
    CHECK(str(layer(kind)->window({4})) == "none");
    CHECK(shape_of(*layer(kind), {{4, 4, 2}}) == Shape{4, 4, 2});
  }
}

TEST_CASE("activation layers refuse unknown options") {
  CHECK(refusal("Activation", R"({"activation": "wiggle"})") ==
        "unsupported: activation 'wiggle' is not supported");
  CHECK(refusal("Activation", R"({"activation": 3})").find("input: option activation is 3") == 0);
  CHECK(refusal("ReLU", R"({"slope": 3})") == "unsupported: option 'slope' is not supported");
  CHECK(refusal("LeakyReLU", R"({"max_value": 3})") == "unsupported: option 'max_value' is not supported");
  CHECK(complaint([] { shape_of("Softmax", R"({"axis": 2})", {{3}}); }) ==
        "input: option axis is 2, of an input of 3");
  CHECK(complaint([] {
          shape_of("PReLU", R"({"shared_axes": [3]})", {{3, 3}});
        }) == "input: option shared_axes names axis 3, of an input of 3 x 3");
}

TEST_CASE("gradients of activation layers") {
  check_gradient(*layer("Activation", R"({"activation": "gelu"})"), {noise({2, 3, 4})});
  check_gradient(*layer("Activation", R"({"activation": "softmax"})"), {noise({2, 3, 4})});
  check_gradient(*layer("Softmax", R"({"axis": 1})"), {noise({2, 3, 4})});
  check_gradient(*layer("Softmax", R"({"axis": [1, 3]})"), {noise({2, 3, 2, 4})});
  check_gradient(*layer("Activation", R"({"activation": "glu"})"), {noise({2, 3, 4})});
  check_gradient(*layer("LeakyReLU", R"({"negative_slope": 0.25})"), {off_zero(distinct({2, 3, 5}))}, 1e-3);
  const auto prelu = layer("PReLU", R"({"shared_axes": [1]})");
  prelu->load({tensor({1, 3}, {0.5F, -1, 2})});
  CHECK(str(vjp(*prelu, {tensor({1, 2, 3}, {-1, -1, -1, 1, 0, 3})},
                tensor({1, 2, 3}, {1, 1, 1, 1, 1, 1}))[0]) == "1 x 2 x 3: 0.5, -1, 2, 1, 0, 1");
}

TEST_CASE("several axes share one softmax") {
  CHECK(str(forward("Softmax", R"({"axis": [1, 2]})", {tensor({1, 2, 2}, {3, 3, 3, 3})})) ==
        "1 x 2 x 2: 0.25, 0.25, 0.25, 0.25");
}

TEST_CASE("glu halves the channels") {
  CHECK(str(forward("Activation", R"({"activation": "glu"})", {tensor({1, 4}, {2, 4, 0, 0})})) ==
        "1 x 2: 1, 2");
  CHECK(complaint([] { (void)shape_of("Activation", R"({"activation": "glu"})", {{3}}); }) ==
        "input: it halves an axis, which has size 3 in 3");
}

}  // namespace nv::test
