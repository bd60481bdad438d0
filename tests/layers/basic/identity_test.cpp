#include <doctest/doctest.h>

#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("training-only layers return their input, whatever their options") {
  const Tensor x = noise({2, 4, 4, 3});
  for (const char* kind : {"Dropout", "SpatialDropout2D", "AlphaDropout", "GaussianDropout", "GaussianNoise",
                           "ActivityRegularization", "RandomFlip", "RandomRotation", "RandomZoom",
                           "RandomTranslation", "RandomContrast", "Identity"}) {
    CAPTURE(kind);
    const auto l = layer(kind, R"({"rate": 0.5, "factor": [0.1, 0.2], "anything": {"at": "all"}})");
    const Tensor y = forward(*l, {x});
    CHECK(y.data() == x.data());  // not even copied
    CHECK(shape_of(*l, {{4, 4, 3}}) == Shape{4, 4, 3});
    CHECK(l->weights(std::vector<Shape>{{4, 4, 3}}).empty());
    CHECK(str(l->window({4, 4, 3})) == "1x1 stride 1x1 before 0x0");
    CHECK(l->activation().empty());
  }
}

TEST_CASE("InputLayer returns the input of a nested model") {
  const Tensor x = noise({1, 4});
  CHECK(forward("InputLayer", R"({"batch_shape": [null, 4], "sparse": false})", {x}).data() == x.data());
}

TEST_CASE("they take one input") {
  CHECK(complaint([] { shape_of("Dropout", "{}", {{1}, {1}}); }) == "input: it takes one input, not 2");
}

TEST_CASE("a call with training=True counts in tf.keras, and is overridden when Keras 3 predicts") {
  const auto dropout = [](int major) {
    return complaint([&] {
      (void)called("Dropout", R"({"rate": 0.5})", R"([{"__input__": 0}])", R"({"training": true})", major);
    });
  };
  CHECK(dropout(2) == "unsupported: it is called with training=True, and so acts at random");
  CHECK(dropout(3).empty());
}

TEST_CASE("the gradient of the identity") {
  check_gradient(*layer("Dropout", R"({"rate": 0.5})"), {noise({2, 3})});
}

}  // namespace nv::test
