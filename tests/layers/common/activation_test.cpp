#include "nv/layers/common/activation.h"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>
#include <map>

#include "layers/support.h"

namespace nv::test {

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

Activation activation(const std::string& name, const std::string& json = "{}", int keras_major = 3) {
  return Activation::parse(name, config(json), {keras_major, ""});
}

std::vector<float> apply(const Activation& a, std::vector<float> values, std::int64_t channels = 1) {
  a.apply(values, channels);
  return values;
}

float of(const std::string& name, float x, const std::string& json = "{}", int keras_major = 3) {
  return apply(activation(name, json, keras_major), {x})[0];
}

double sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}
double softplus(double x) {
  return std::log1p(std::exp(x));
}
double relu6(double x) {
  return std::min(std::max(x, 0.0), 6.0);
}

/// keras.activations, written from its documentation, in double.
const std::map<std::string, std::function<double(double)>> definitions = {
    {"linear", [](double x) { return x; }},
    {"relu", [](double x) { return std::max(x, 0.0); }},
    {"relu6", relu6},
    {"leaky_relu", [](double x) { return x < 0 ? 0.2 * x : x; }},
    {"elu", [](double x) { return x < 0 ? std::exp(x) - 1 : x; }},
    {"selu", [](double x) { return 1.05070098 * (x < 0 ? 1.67326324 * (std::exp(x) - 1) : x); }},
    {"celu", [](double x) { return x < 0 ? std::exp(x) - 1 : x; }},
    {"gelu", [](double x) { return 0.5 * x * (1 + std::erf(x / std::sqrt(2.0))); }},
    {"sigmoid", sigmoid},
    {"hard_sigmoid", [](double x) { return relu6(x + 3) / 6; }},
    {"silu", [](double x) { return x * sigmoid(x); }},
    {"swish", [](double x) { return x * sigmoid(x); }},
    {"hard_silu", [](double x) { return x * relu6(x + 3) / 6; }},
    {"hard_swish", [](double x) { return x * relu6(x + 3) / 6; }},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"hard_tanh", [](double x) { return std::min(std::max(x, -1.0), 1.0); }},
    {"tanh_shrink", [](double x) { return x - std::tanh(x); }},
    {"soft_shrink", [](double x) { return x > 0.5    ? x - 0.5
                                          : x < -0.5 ? x + 0.5
                                                     : 0; }},
    {"hard_shrink", [](double x) { return std::abs(x) > 0.5 ? x : 0; }},
    {"softplus", softplus},
    {"softsign", [](double x) { return x / (1 + std::abs(x)); }},
    {"log_sigmoid", [](double x) { return std::log(sigmoid(x)); }},
    {"mish", [](double x) { return x * std::tanh(softplus(x)); }},
    {"exponential", [](double x) { return std::exp(x); }},
    {"squareplus", [](double x) { return (x + std::sqrt(x * x + 4)) / 2; }},
    {"sparse_plus", [](double x) { return x <= -1 ? 0
                                          : x < 1 ? (x + 1) * (x + 1) / 4
                                                  : x; }},
    {"sparse_sigmoid", [](double x) { return x <= -1  ? 0
                                             : x >= 1 ? 1
                                                      : (x + 1) / 2; }},
};

}  // namespace

TEST_CASE("every function of one element is what Keras defines") {
  for (const auto& [name, definition] : definitions) {
    const std::string shown(name);  // clang 14 captures no structured binding
    CAPTURE(shown);
    for (double x = -8; x <= 8; x += 0.0625)
      REQUIRE(static_cast<double>(of(name, static_cast<float>(x))) ==
              doctest::Approx(definition(x)).epsilon(3e-6));
  }
}

TEST_CASE("no function of one element fails far from zero, and each keeps NaN except where Keras drops it") {
  for (const auto& entry : definitions) {
    CAPTURE(entry.first);
    CHECK_FALSE(std::isnan(of(entry.first, 1000)));
    CHECK_FALSE(std::isnan(of(entry.first, -1000)));
    const bool shrinks = entry.first == "soft_shrink" || entry.first == "hard_shrink";
    CHECK(std::isnan(of(entry.first, NAN)) != shrinks);
  }
  CHECK(of("sigmoid", -1000) == 0.0F);
  CHECK(of("softplus", 1000) == 1000.0F);
  CHECK(of("log_sigmoid", -1000) == -1000.0F);
}

TEST_CASE("hard_sigmoid has another slope in files of Keras 2 and before") {
  CHECK(of("hard_sigmoid", 1, "{}", 2) == doctest::Approx(0.7));
  CHECK(of("hard_sigmoid", 1, "{}", 1) == doctest::Approx(0.7));
  CHECK(of("hard_sigmoid", 2.5F, "{}", 2) == 1.0F);
  CHECK(of("hard_sigmoid", 1, "{}", 3) == doctest::Approx(4.0 / 6));
}

TEST_CASE("softmax makes each row sum to one, without overflow") {
  const auto p = apply(activation("softmax"), {0, std::log(2.0F), 0, 1000, 1000, -1000}, 3);
  CHECK(p[0] == doctest::Approx(0.25));
  CHECK(p[1] == doctest::Approx(0.5));
  CHECK(p[3] == doctest::Approx(0.5));
  CHECK(p[5] == 0.0F);
}

TEST_CASE("log_softmax is the logarithm of softmax, finite where softmax is zero") {
  const auto p = apply(activation("log_softmax"), {0, 0, 1000, 0}, 2);
  CHECK(p[0] == doctest::Approx(std::log(0.5)));
  CHECK(p[2] == doctest::Approx(0));
  CHECK(p[3] == doctest::Approx(-1000));
}

TEST_CASE("sparsemax is Keras's, which projects onto the simplex only where one value is left") {
  CHECK(apply(activation("sparsemax"), {3, 0, 0}, 3) == std::vector<float>{1, 0, 0});
  // keras.activations.sparsemax of Keras 3.15 and TensorFlow 2.21; a projection would give 0.5, 0.5, 0.
  CHECK(apply(activation("sparsemax"), {0.5F, 0.5F, -5}, 3) == std::vector<float>{0.25F, 0.25F, 0});
}

TEST_CASE("relu with parameters: a slope below a threshold, and a ceiling") {
  const std::string all = R"({"max_value": 6, "negative_slope": 0.1, "threshold": 1})";
  CHECK(of("ReLU", 0, all) == doctest::Approx(-0.1));
  CHECK(of("ReLU", 3, all) == 3.0F);
  CHECK(of("ReLU", 9, all) == 6.0F);
  CHECK(of("ReLU", 1, all) == 0.0F);  // no further than the threshold
  CHECK(of("ReLU", -0.5F, R"({"threshold": -1})") == -0.5F);
  CHECK(of("ReLU", -0.5F, R"({"threshold": -1, "max_value": 6})") == 0.0F);
  CHECK(of("ReLU", 0.5F, R"({"theta": 1.0})") == 0.0F);
  CHECK(of("ReLU", -2, R"({"max_value": null, "negative_slope": 0.0})") == 0.0F);
  CHECK(of("ReLU", -infinity, R"({"max_value": 6})") == 0.0F);
}

TEST_CASE("the default slope of leaky_relu is 0.2 as a function and 0.3 as a layer") {
  CHECK(of("leaky_relu", -1) == doctest::Approx(-0.2));
  CHECK(of("LeakyReLU", -1) == doctest::Approx(-0.3));
  CHECK(of("LeakyReLU", -1, R"({"alpha": 0.5})") == -0.5F);
  CHECK(of("LeakyReLU", -1, R"({"negative_slope": 0.25})") == -0.25F);
  CHECK(of("LeakyReLU", -1, R"({"alpha": {"type": "ndarray", "value": 0.125}})") == -0.125F);
}

TEST_CASE("elu, celu and gelu take their parameters") {
  CHECK(of("ELU", -1, R"({"alpha": 2})") == doctest::Approx(2 * (std::exp(-1.0) - 1)));
  CHECK(of("celu", -1, R"({"alpha": 2})") == doctest::Approx(2 * (std::exp(-0.5) - 1)));
  CHECK(of("gelu", 1, R"({"approximate": true})") == doctest::Approx(0.841192));
  CHECK(of("gelu", 1, R"({"approximate": false})") == doctest::Approx(0.841345));
}

TEST_CASE("at a kink the derivative is that of TensorFlow") {
  const auto slope = [](const std::string& name, float at, const std::string& json = "{}",
                        int keras_major = 3) {
    const Activation a = activation(name, json, keras_major);
    const std::vector<float> x{at}, y = apply(a, x);
    return a.vjp(x, y, Tensor(Shape{1}, 1.0F), 1)[0];
  };
  CHECK(slope("relu", 0) == 0);
  CHECK(slope("relu6", 6) == 0);
  CHECK(slope("relu", 6, R"({"max_value": 6})") == 0);
  CHECK(slope("relu", 2, R"({"max_value": 2})") == 1);
  CHECK(slope("relu", 1, R"({"threshold": 1})") == 0);
  CHECK(slope("relu", 0, R"({"negative_slope": 0.5})") == 0.5F);
  CHECK(slope("relu", 0, R"({"negative_slope": 0.5, "max_value": 2})") == 0);
  CHECK(slope("selu", 0) == doctest::Approx(1.05070098));
  CHECK(slope("elu", 0) == 1);
  CHECK(slope("elu", 0, R"({"alpha": 0.5})") == 0.5F);
  CHECK(slope("celu", 0) == 2);  // a sum of two parts, both of which pass gradients at 0
  for (float at : {-1.0F, 1.0F}) CHECK(slope("hard_tanh", at) == 1);
  CHECK(slope("hard_sigmoid", 3) == 0);
  for (float at : {-2.5F, 2.5F}) CHECK(slope("hard_sigmoid", at, "{}", 2) == 0.2F);
}

TEST_CASE("of equal values, the first counts first in the derivative of sparsemax") {
  const Activation a = activation("sparsemax");
  const std::vector<float> x{0.5F, 0.5F}, y = apply(a, x, 2);  // the threshold is (0.5 + 1 - 1) / 2
  CHECK(y == std::vector<float>{0.25F, 0.25F});
  const Tensor d = a.vjp(x, y, Tensor(Shape{2}, std::vector<float>{1, 0}), 2);
  CHECK(d[0] == 0);
  CHECK(d[1] == -0.5F);
}

TEST_CASE("a function is called by its name, whatever spelling the file has") {
  CHECK(activation("swish").name() == "silu");
  CHECK(activation("ReLU").name() == "relu");
  CHECK(activation("linear").linear());
  CHECK_FALSE(activation("relu").linear());
}

TEST_CASE("a function that Keras does not have is refused by name, on one line") {
  CHECK(complaint([] { activation("wiggle"); }) == "unsupported: activation 'wiggle' is not supported");
  CHECK(complaint([] { activation("a\nb"); }) == "unsupported: activation 'a b' is not supported");
  CHECK(complaint([] { activation("ELU", R"({"alpha": "much"})"); }) ==
        "input: activation ELU: alpha is not a number");
}

TEST_CASE("an empty span stays empty") {
  for (const char* name : {"softmax", "sparsemax", "relu"}) {
    CHECK(apply(activation(name), {}, 3).empty());
    CHECK(apply(activation(name), {}, 0).empty());
  }
}

}  // namespace nv::test
