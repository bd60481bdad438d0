#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("Dot multiplies along one axis of each input") {
  CHECK(str(forward("Dot", R"({"axes": 1})", {tensor({1, 2}, {1, 2}), tensor({1, 2}, {3, 4})})) ==
        "1 x 1: 11");
  CHECK(str(forward("Dot", R"({"axes": [2, 1]})", {counting({1, 2, 2}), tensor({1, 2, 1}, {1, 10})})) ==
        "1 x 2 x 1: 10, 32");
  CHECK(shape_of("Dot", R"({"axes": [1, 2]})", {{3, 5}, {7, 3}}) == "5 x 7");
  CHECK(shape_of("Dot", R"({"axes": -1})", {{2, 3, 5}, {7, 5}}) == "2 x 3 x 7");
  CHECK(shape_of("Dot", R"({"axes": 2})", {{Shape::unknown, 5}, {Shape::unknown, 5}}) == "? x ?");
}

TEST_CASE("normalize gives cosines") {
  CHECK(forward("Dot", R"({"axes": 1, "normalize": true})",
                {tensor({1, 2}, {3, 4}), tensor({1, 2}, {5, 0})})[0] == doctest::Approx(0.6));
}

TEST_CASE("inputs that do not fit are errors") {
  CHECK(complaint([] {
          (void)shape_of("Dot", R"({"axes": 1})", {{2}, {3}});
        }) == "input: inputs of 2 and 3 do not fit together");
  CHECK(complaint([] { (void)shape_of("Dot", R"({"axes": 1})", {{2}}); }) ==
        "input: it takes two inputs, not 1");
  CHECK(refusal("Dot", R"({"axes": [1, 2, 3]})") == "input: option axes is not one axis or two");
}

TEST_CASE("gradients of Dot") {
  check_gradient(*layer("Dot", R"({"axes": 1})"), {noise({2, 4}), noise({2, 4}, 2)});
  check_gradient(*layer("Dot", R"({"axes": [1, 3]})"), {noise({2, 4, 3}), noise({2, 2, 3, 4}, 2)});
  check_gradient(*layer("Dot", R"({"axes": [2, 1], "normalize": true})"),
                 {positive({2, 3, 4}), positive({2, 4, 2}, 2)});
}

}  // namespace nv::test
