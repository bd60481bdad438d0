// Expected numbers are Keras 3.15's.
#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {
const Tensor queries = tensor({1, 2, 2}, {1, 0, 0, 1}), values = tensor({1, 3, 2}, {1, 2, 3, 4, 5, 7});
}  // namespace

TEST_CASE("MultiHeadAttention projects, attends by head and joins the heads") {
  const auto mha = called("MultiHeadAttention", R"({"num_heads": 2, "key_dim": 1, "value_dim": 1})",
                          "[" + x0 + ", " + x1 + "]");
  CHECK(weights_of(*mha, {{2, 2}, {3, 2}}) ==
        "query_dense/kernel 2 x 2 x 1, query_dense/bias 2 x 1, key_dense/kernel 2 x 2 x 1, key_dense/bias 2 "
        "x 1, "
        "value_dense/kernel 2 x 2 x 1, value_dense/bias 2 x 1, output_dense/kernel 2 x 1 x 2, "
        "output_dense/bias 2");
  mha->load({tensor({2, 2, 1}, {1, 0, 0, 1}), tensor({2, 1}, {0.1F, 0.2F}),
             tensor({2, 2, 1}, {0.5F, 0, 0, 0.5F}), tensor({2, 1}, {0, 0}), tensor({2, 2, 1}, {1, 0, 0, 1}),
             tensor({2, 1}, {0, 1}), tensor({2, 1, 2}, {1, 2, 3, 4}), tensor({2}, {0.5F, -0.5F})});
  // 1 head: values 1, 3, 5 by softmax(0.55, 1.65, 2.75); the other: 3, 5, 8 by softmax(0.2, 0.4, 0.7).
  // (Keras 3.15 on TensorFlow adds the bias of a (heads, 1) projection along the positions if their number is
  // equal.)
  CHECK(difference(forward(*mha, {tensor({1, 1, 2}, {1, 0}), values}), {22.015627, 31.008738}) < 5e-6);
}

TEST_CASE("a causal mask hides later positions, tf.keras names the value") {
  const auto mha = called("MultiHeadAttention", R"({"num_heads": 1, "key_dim": 2, "use_bias": false})",
                          "[" + x0 + "]", R"({"value": {"__input__": 1}, "use_causal_mask": true})", 2);
  const Tensor one = tensor({2, 1, 2}, {1, 0, 0, 1});
  mha->load({one, one, one, tensor({1, 2, 2}, {1, 0, 0, 1})});
  CHECK(difference(forward(*mha, {queries, queries}), {1, 0, 0.330238, 0.669762}) < 5e-6);
}

TEST_CASE("a mask passed as an argument hides keys from queries") {
  const auto mha = called("MultiHeadAttention", R"({"num_heads": 1, "key_dim": 2, "use_bias": false})",
                          "[" + x0 + ", " + x1 + "]", R"({"attention_mask": {"__input__": 2}})");
  const Tensor one = tensor({2, 1, 2}, {1, 0, 0, 1});
  mha->load({one, one, one, tensor({1, 2, 2}, {1, 0, 0, 1})});
  CHECK(str(forward(*mha, {queries, queries, tensor({1, 2, 2}, {0, 1, 1, 0})})) == "1 x 2 x 2: 0, 1, 1, 0");
}

TEST_CASE("output 1 is the attention weights, by head") {
  const auto weights = [](const std::string& more) {
    return called("MultiHeadAttention", R"({"num_heads": 2, "key_dim": 3)" + more + "}",
                  "[" + x0 + ", " + x1 + "]", R"({"return_attention_scores": true})", 3, 1);
  };
  CHECK(shape_of(*weights(""), {{4, 5}, {6, 5}}).str() == "2 x 4 x 6");
  CHECK(shape_of(*weights(""), {{3, 4, 5}, {2, 6, 5}}).str() == "2 x 3 x 4 x 2 x 6");
  CHECK(shape_of(*weights(R"(, "attention_axes": [2])"), {{3, 4, 5}, {3, 6, 5}}).str() == "3 x 2 x 4 x 6");
  const auto mha = weights("");
  load_noise(*mha, {{4, 5}, {6, 5}});
  const Tensor w = forward(*mha, {noise({1, 4, 5}), noise({1, 6, 5}, 2)});
  CHECK(w[0] + w[1] + w[2] + w[3] + w[4] + w[5] == doctest::Approx(1));
  check_gradient(*mha, {noise({2, 4, 5}), noise({2, 6, 5}, 2)});
}

TEST_CASE("shapes: of the output, of other attention axes, of unknown lengths") {
  const std::string heads = R"({"num_heads": 2, "key_dim": 3, )";
  CHECK(shape_of("MultiHeadAttention", heads + R"("output_shape": 7})", {{4, 5}, {6, 5}}) == "4 x 7");
  CHECK(shape_of("MultiHeadAttention", heads + R"("output_shape": [2, 3]})", {{4, 5}, {6, 5}}) ==
        "4 x 2 x 3");
  CHECK(shape_of("MultiHeadAttention", heads + R"("attention_axes": [2]})", {{4, 8, 5}, {4, 6, 5}}) ==
        "4 x 8 x 5");
  CHECK(shape_of("MultiHeadAttention", heads + R"("attention_axes": null})",
                 {{Shape::unknown, 5}, {Shape::unknown, 5}}) == "? x 5");
}

TEST_CASE("options that nv does not compute, and sizes that do not fit") {
  const auto refused = [](const std::string& more) {
    return refusal("MultiHeadAttention", R"({"num_heads": 2, "key_dim": 3, )" + more + "}");
  };
  CHECK(refusal("MultiHeadAttention", R"({"num_heads": 2, "key_dim": 3, "attention_axes": [-2]})", 2)
            .find("unsupported: option attention_axes") == 0);
  CHECK(refused(R"("use_gate": true)") == "unsupported: option use_gate is not supported");
  CHECK(refused(R"("sliding_window": 3)") == "unsupported: option 'sliding_window' is not supported");
  CHECK(refused(R"("value_dim": 0)").find("input: options num_heads") == 0);
  CHECK(refused(R"("output_shape": [-1])") == "input: option output_shape has an axis below 1");
  CHECK(complaint([] {
          (void)shape_of("MultiHeadAttention", R"({"num_heads": 2, "key_dim": 3})", {{4, 5}});
        }).find("input: it takes a query") == 0);
  CHECK(complaint([] {
          (void)shape_of("MultiHeadAttention", R"({"num_heads": 2, "key_dim": 3, "attention_axes": [2]})",
                         {{4, 5}, {4, 5}});
        }).find("input: option attention_axes is 2") == 0);
}

TEST_CASE("gradients of MultiHeadAttention") {
  const std::string heads = R"({"num_heads": 2, "key_dim": 3, "value_dim": 2)";
  for (const char* more : {"}", R"(, "use_bias": false, "output_shape": 4})"}) {
    const auto mha = layer("MultiHeadAttention", heads + more);
    load_noise(*mha, {{3, 4}, {5, 2}, {5, 3}});
    check_gradient(*mha, {noise({2, 3, 4}), noise({2, 5, 2}, 2), noise({2, 5, 3}, 3)});
  }
  const auto rows = layer("MultiHeadAttention", heads + R"(, "attention_axes": [2]})");
  load_noise(*rows, {{2, 3, 4}, {2, 5, 4}});
  check_gradient(*rows, {noise({2, 2, 3, 4}), noise({2, 2, 5, 4}, 2)});
}

}  // namespace nv::test
