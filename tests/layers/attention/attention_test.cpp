// Expected numbers are Keras 3.15's.
#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {
const Tensor query = tensor({1, 2, 2}, {1, 0, 0, 1}), value = tensor({1, 3, 2}, {1, 2, 3, 4, 5, 7});
}  // namespace

TEST_CASE("Attention weighs values by the products of queries and keys") {
  CHECK(difference(forward("Attention", "{}", {query, value}), {4.70187, 6.56869, 4.88024, 6.82674}) < 5e-6);
  CHECK(str(forward("Attention", "{}", {query, value})) ==
        str(forward("Attention", "{}", {query, value, value})));
  const auto scaled = layer("Attention", R"({"use_scale": true, "score_mode": "dot", "dropout": 0.5})");
  CHECK(weights_of(*scaled, {{2, 2}, {3, 2}}) == "scale scalar");
  scaled->load({tensor({}, {0.5F})});
  CHECK(difference(forward(*scaled, {query, value}), {4.15042, 5.81566, 4.40653, 6.17269}) < 5e-6);
}

TEST_CASE("score_mode concat sums tanh of their sum") {
  const auto concat = layer("Attention", R"({"use_scale": true, "score_mode": "concat"})");
  CHECK(weights_of(*concat, {{2, 2}, {3, 2}}) == "scale scalar, concat_score_weight scalar");
  concat->load({tensor({}, {0.5F}), tensor({}, {2})});
  CHECK(difference(forward(*concat, {query, value}), {3.53731, 4.97815, 3.67015, 5.14219}) < 5e-6);
}

TEST_CASE("AdditiveAttention has one scale per channel") {
  const auto additive = layer("AdditiveAttention");
  CHECK(weights_of(*additive, {{2, 2}, {3, 2}}) == "scale 2");
  additive->load({tensor({2}, {0.5F, -1})});
  CHECK(difference(forward(*additive, {query, value}), {2.98797, 4.31926, 3.0747, 4.42075}) < 5e-6);
  CHECK(weights_of(*layer("AdditiveAttention", R"({"use_scale": false})"), {{2, 2}, {3, 2}}).empty());
}

TEST_CASE("a causal mask, from the call or from an old configuration") {
  const std::string both = "[[" + x0 + ", " + x1 + "]]";
  const auto causal = called("Attention", "{}", both, R"({"use_causal_mask": true, "mask": null})");
  CHECK(difference(forward(*causal, {query, value}), {1, 2, 2.76159, 3.76159}) < 5e-6);
  CHECK(str(forward("Attention", R"({"causal": true})", {query, value})) ==
        str(forward(*causal, {query, value})));
  CHECK(refusal_of("Attention", "{}", both, R"({"mask": [null, {"__input__": 2}]})") ==
        "unsupported: argument 'mask' of its call is not supported");
}

TEST_CASE("output 1 is the attention weights") {
  const std::string both = "[[" + x0 + ", " + x1 + "]]", scores = R"({"return_attention_scores": true})";
  const auto weights = called("Attention", "{}", both, scores, 3, 1);
  CHECK(shape_of(*weights, {{2, 2}, {3, 2}}).str() == "2 x 3");
  // softmax(1, 3, 5) and softmax(2, 4, 7)
  CHECK(difference(forward(*weights, {query, value}),
                   {0.015876, 0.11731, 0.866813, 0.006377, 0.047123, 0.946500}) < 5e-6);
  check_gradient(*weights, {noise({2, 2, 2}), noise({2, 3, 2}, 2)});
  CHECK(str(forward(*called("Attention", "{}", both, scores), {query, value})) ==
        str(forward("Attention", "{}", {query, value})));
  CHECK(complaint([&] { (void)called("Attention", "{}", both, "{}", 3, 1); }) ==
        "unsupported: output 1 is used, but it has one output");
}

TEST_CASE("inputs that do not fit are errors") {
  CHECK(complaint([] {
          (void)shape_of("Attention", "{}", {{2, 2}});
        }) == "input: it takes two or three inputs, not 1");
  CHECK(complaint([] {
          (void)shape_of("Attention", "{}", {{2, 2}, {3, 3}});
        }).find("do not fit together") != std::string::npos);
  CHECK(shape_of("Attention", "{}", {{Shape::unknown, 2}, {3, 4}, {3, 2}}) == "? x 4");
}

TEST_CASE("gradients of attention") {
  for (const auto& [kind, json] : std::vector<std::pair<std::string, std::string>>{
           {"Attention", "{}"},
           {"Attention", R"({"use_scale": true, "causal": true})"},
           {"Attention", R"({"use_scale": true, "score_mode": "concat"})"},
           {"AdditiveAttention", "{}"}}) {
    const std::string shown(json);  // clang 14 captures no structured binding
    CAPTURE(shown);
    const auto attention = layer(kind, json);
    load_noise(*attention, {{3, 4}, {5, 4}});
    check_gradient(*attention, {noise({2, 3, 4}), noise({2, 5, 4}, 2)});
    check_gradient(*attention, {noise({2, 3, 4}), noise({2, 5, 2}, 2), noise({2, 5, 4}, 3)});
  }
}

}  // namespace nv::test
