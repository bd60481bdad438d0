#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("TimeDistributed applies its layer to every step") {
  const auto dense =
      layer("TimeDistributed",
            R"({"layer": {"class_name": "Dense", "config": {"units": 2, "activation": "relu"}}})");
  CHECK(weights_of(*dense, {{3, 1}}) == "layer/kernel 1 x 2, layer/bias 2");
  dense->load({tensor({1, 2}, {1, -1}), tensor({2}, {0, 10})});
  CHECK(str(forward(*dense, {tensor({1, 3, 1}, {1, 20, -1})})) == "1 x 3 x 2: 1, 9, 20, 0, 0, 11");
  CHECK(dense->macs(std::array{Shape{3, 1}}) == 6);
  CHECK(shape_of(*dense, {{Shape::unknown, 1}}).str() == "? x 2");
  check_gradient(*dense, {positive({2, 3, 1})});
}

TEST_CASE("a layer of another shape inside") {
  CHECK(shape_of("TimeDistributed", R"({"layer": {"class_name": "Flatten", "config": {}}})", {{3, 4, 5}}) ==
        "3 x 20");
}

TEST_CASE("TimeDistributed in TimeDistributed") {
  const std::string dense = R"({"layer": {"class_name": "Dense", "config": {"units": 2}}})";
  const auto nested =
      layer("TimeDistributed", R"({"layer": {"class_name": "TimeDistributed", "config": )" + dense + "}}");
  CHECK(shape_of(*nested, {{3, 4, 5}}).str() == "3 x 4 x 2");
  CHECK(weights_of(*nested, {{3, 4, 5}}) == "layer/layer/kernel 5 x 2, layer/layer/bias 2");
}

TEST_CASE("errors of the inner layer are those of the layer alone") {
  CHECK(refusal("TimeDistributed", R"({"layer": {"class_name": "Lambda", "config": {}}})")
            .find("unsupported: a Lambda layer") == 0);
  CHECK(refusal("TimeDistributed", R"({"layer": {"class_name": "Sequential", "config": {}}})") ==
        "unsupported: a Sequential inside is not supported");
  CHECK(refusal("TimeDistributed", "{}") == "input: option layer is not a layer");
  CHECK(refusal("TimeDistributed", R"({"layer": {"class_name": "Dense", "config": {"units": 1, "x": 1}}})") ==
        "unsupported: option 'x' is not supported");
}

}  // namespace nv::test
