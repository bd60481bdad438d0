#include "nv/analysis/prediction.h"

#include <doctest/doctest.h>

#include <cmath>

#include "keras/support.h"
#include "layers/support.h"

namespace nv::test {

namespace {

const std::vector<std::string> labels{"cat", "dog", "owl"};

std::string described(const std::vector<float>& output, std::string_view activation = "softmax") {
  const Prediction p = *predict(output, activation, labels);
  return fmt::format("{} {} {} {}", p.index, p.label, p.score,
                     p.probability ? fmt::format("{}", *p.probability) : "none");
}

std::string top(const std::vector<float>& output, std::size_t count,
                std::string_view activation = "softmax") {
  std::string text;
  for (const ClassScore& c : top_classes(output, activation, count, labels))
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", c.label, c.score);
  return text;
}

/// Describes the outputs of a chain of layers: "softmax vector".
std::string kind(const std::string& layers) {
  const Model m = graph(R"({"class_name": "Sequential", "config": {"name": "s", "layers": [
      {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 4]}}, )" +
                        layers + "]}}");
  const OutputKind k = output_kinds(m, analyse(m)).at(0);
  return fmt::format("{} {}", k.activation, k.classifies ? "vector" : "other");
}

std::string dense(const std::string& activation) {
  return R"({"class_name": "Dense", "config": {"name": "fc", "units": 3, "activation": ")" + activation +
         R"("}})";
}

}  // namespace

TEST_CASE("the prediction is the largest output with its value as the score") {
  CHECK(described({0.25F, 0.5F, 0.125F}) == "1 dog 0.5 0.5");
  CHECK(described({-3, -2, -1}, "linear") == "2 owl -1 none");
}

TEST_CASE("of equal values the first is predicted") {
  CHECK(described({0.5F, 0.5F, 0}) == "0 cat 0.5 0.5");
}

TEST_CASE("a prediction has a probability if the model ends in softmax or sigmoid") {
  CHECK(described({0.25F, 0.75F}, "sigmoid") == "1 dog 0.75 0.75");
  CHECK(described({0.25F, 0.75F}, "relu") == "1 dog 0.75 none");
  CHECK(described({0.25F, 0.75F}, "") == "1 dog 0.75 none");
}

TEST_CASE("a single unit predicts class 1 above 0.5, or above 0 if it is linear") {
  CHECK(described({0.75F}, "sigmoid") == "1 dog 0.75 0.75");
  CHECK(described({0.25F}, "sigmoid") == "0 cat 0.25 0.75");
  CHECK(described({0.5F}, "sigmoid") == "0 cat 0.5 0.5");
  CHECK(described({0.25F}, "linear") == "1 dog 0.25 none");
  CHECK(described({0.25F}, "") == "1 dog 0.25 none");
  CHECK(described({0}, "linear") == "0 cat 0 none");
  CHECK(described({-2}, "linear") == "0 cat -2 none");
  CHECK(described({0.25F}, "tanh") == "0 cat 0.25 none");
}

TEST_CASE("a single sigmoid unit has the probabilities of two classes, other outputs are as they are") {
  const std::vector<float> unit{0.25F}, two{0.25F, 0.5F};
  CHECK(class_scores(unit, "sigmoid") == std::vector<float>{0.75F, 0.25F});
  CHECK(class_scores(unit, "linear") == unit);
  CHECK(class_scores(two, "sigmoid") == two);
  for (const float p : {0.25F, 0.5F, 0.75F}) {
    const std::vector<float> output{p}, scores = class_scores(output, "sigmoid");
    CHECK(top_classes(scores, "sigmoid", 1, {})[0].index == predict(output, "sigmoid", {})->index);
    CHECK(top_classes(scores, "sigmoid", 1, {})[0].score == predict(output, "sigmoid", {})->probability);
  }
}

TEST_CASE("an output that holds NaN has no predicted class") {
  for (const std::vector<float>& output :
       {std::vector<float>{NAN, NAN}, {NAN, 0.25F, NAN}, {1, NAN}, {NAN, -INFINITY}, {NAN}}) {
    for (const char* activation : {"softmax", "sigmoid", "linear", ""}) {
      CHECK_FALSE(predict(output, activation, labels));
      CHECK(top_classes(output, activation, 5, labels).empty());
    }
  }
  CHECK(described({-INFINITY, -INFINITY}, "linear") == "0 cat -inf none");
  CHECK(described({0, INFINITY}, "linear") == "1 dog inf none");
  const Tensor batch(Shape{3, 2}, std::vector<float>{0, 1, NAN, 1, 2, 2});
  CHECK(predicted_classes(batch, "linear") == std::vector<std::optional<std::int64_t>>{1, std::nullopt, 0});
}

TEST_CASE("the label of a class without a name is its index") {
  CHECK(class_label(1, labels) == "dog");
  CHECK(class_label(3, labels) == "3");
  CHECK(class_label(-1, labels) == "-1");
  CHECK(class_label(0, {}) == "0");
}

TEST_CASE("top classes are sorted by score, equal ones by index") {
  CHECK(top({0.25F, 0.5F, 0.125F}, 2) == "dog 0.5, cat 0.25");
  CHECK(top({0.5F, 0.5F, 0.5F}, 2) == "cat 0.5, dog 0.5");
  CHECK(top({0.25F, 0.5F, 0.125F}, 9) == "dog 0.5, cat 0.25, owl 0.125");
  CHECK(top({0.25F, 0.5F}, 0).empty());
  CHECK(top({0.75F}, 5, "sigmoid") == "dog 0.75");
}

TEST_CASE("the best class is the prediction") {
  for (const std::vector<float>& output : {std::vector<float>{0.5F, 0.5F, 0}, {-INFINITY, 1, 1}, {-1, 2, 3}})
    CHECK(top_classes(output, "softmax", 1, {})[0].index == predict(output, "softmax", {})->index);
}

TEST_CASE("an output's activation is the last one before it") {
  CHECK(kind(dense("softmax")) == "softmax vector");
  CHECK(kind(dense("linear") +
             R"(, {"class_name": "Activation", "config": {"name": "a", "activation": "sigmoid"}})") ==
        "sigmoid vector");
  CHECK(kind(dense("softmax") + R"(, {"class_name": "Dropout", "config": {"name": "d", "rate": 0.5}},
                                   {"class_name": "Flatten", "config": {"name": "f"}})") == "softmax vector");
  CHECK(kind(dense("softmax") + R"(, {"class_name": "Rescaling", "config": {"name": "r", "scale": 2}})") ==
        " vector");
  CHECK(kind(dense("tanh") +
             R"(, {"class_name": "Reshape", "config": {"name": "r", "target_shape": [3, 1]}})") ==
        "tanh other");
  CHECK(kind(dense("tanh") + R"(, {"class_name": "LSTM", "config": {"name": "l"}})") == " other");
}

TEST_CASE("the leading classes of two outputs are those with the largest value in either") {
  using Classes = std::vector<std::int64_t>;
  const std::vector<float> a{0.1F, 0.7F, 0.2F, 0, 0, 0}, b{0.9F, 0, 0.05F, 0.05F, 0, 0};
  CHECK(leading_classes(a, b, "softmax", 2) == Classes{0, 1});
  CHECK(leading_classes(a, b, "softmax", 6) == Classes{0, 1, 2, 3});
  CHECK(leading_classes(a, b, "", 6) == Classes{0, 1, 2, 3, 4, 5});
  const std::vector<float> nan{NAN, NAN, 1}, other{NAN, 2, 0};
  CHECK(leading_classes(nan, other, "", 3) == Classes{1, 2, 0});
}

}  // namespace nv::test
