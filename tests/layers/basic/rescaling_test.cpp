#include <doctest/doctest.h>

#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("Rescaling multiplies and adds") {
  const Tensor x = tensor({1, 1, 1, 2}, {2, 4});
  CHECK(str(forward("Rescaling", R"({"scale": 0.5, "offset": -1})", {x})) == "1 x 1 x 1 x 2: 0, 1");
  CHECK(str(forward("Rescaling", "{}", {x})) == "1 x 1 x 1 x 2: 2, 4");
  CHECK(str(x) == "1 x 1 x 1 x 2: 2, 4");
}

TEST_CASE("Rescaling takes one number per channel") {
  CHECK(str(forward("Rescaling", R"({"scale": [1, 10], "offset": [0, 5]})",
                    {tensor({1, 2, 2}, {1, 2, 3, 4})})) == "1 x 2 x 2: 1, 25, 3, 45");
  CHECK(str(forward("Rescaling", R"({"scale": 2, "offset": [0, 5]})", {tensor({1, 2}, {1, 2})})) ==
        "1 x 2: 2, 9");
}

TEST_CASE("Rescaling keeps shape and position, and refuses unknown options") {
  CHECK(shape_of("Rescaling", R"({"scale": 2})", {{4, 5, 3}}) == "4 x 5 x 3");
  CHECK(str(layer("Rescaling")->window({4, 5, 3})) == "1x1 stride 1x1 before 0x0");
  CHECK(complaint([] {
          shape_of("Rescaling", R"({"scale": [1, 2]})", {{4, 5, 3}});
        }) == "input: 2 scales for an input of 4 x 5 x 3");
  CHECK(complaint([] { shape_of("Rescaling", R"({"offset": []})", {{4, 5, 3}}); }).find("input: ") == 0);
  CHECK(refusal("Rescaling", R"({"scale": "1/255"})").find("input: option scale is \"1/255\"") == 0);
  CHECK(refusal("Rescaling", R"({"gain": 2})") == "unsupported: option 'gain' is not supported");
}

TEST_CASE("gradients of Rescaling") {
  check_gradient(*layer("Rescaling", R"({"scale": 0.5, "offset": -1})"), {noise({2, 3, 2})});
  check_gradient(*layer("Rescaling", R"({"scale": [0.5, 2], "offset": [0, 1]})"), {noise({2, 3, 2})});
}

}  // namespace nv::test
