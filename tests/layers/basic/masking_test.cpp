#include <doctest/doctest.h>

#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("Masking sets positions to 0 whose channels all equal the value") {
  CHECK(str(forward("Masking", R"({"mask_value": 7.0})", {tensor({1, 3, 2}, {7, 7, 7, 1, 0, 0})})) ==
        "1 x 3 x 2: 0, 0, 7, 1, 0, 0");
  CHECK(shape_of("Masking", "{}", {{Shape::unknown, 2}}) == "? x 2");
}

TEST_CASE("gradients pass a mask where it is open") {
  const auto masking = layer("Masking", R"({"mask_value": 7.0})");
  check_gradient(*masking, {noise({2, 3, 2})});
  CHECK(str(vjp(*masking, {tensor({1, 2, 1}, {7, 1})}, tensor({1, 2, 1}, {3, 4}))[0]) == "1 x 2 x 1: 0, 4");
}

}  // namespace nv::test
