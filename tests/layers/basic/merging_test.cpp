#include <doctest/doctest.h>

#include <cmath>

#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("merge layers combine value by value, two inputs or more") {
  const Tensor a = tensor({1, 2}, {1, 20}), b = tensor({1, 2}, {3, 4}), c = tensor({1, 2}, {2, 9});
  CHECK(str(forward("Add", "{}", {a, b, c})) == "1 x 2: 6, 33");
  CHECK(str(forward("Subtract", "{}", {a, b})) == "1 x 2: -2, 16");
  CHECK(str(forward("Multiply", "{}", {a, b, c})) == "1 x 2: 6, 720");
  CHECK(str(forward("Average", "{}", {a, b, c})) == "1 x 2: 2, 11");
  CHECK(str(forward("Maximum", "{}", {a, b, c})) == "1 x 2: 3, 20");
  CHECK(str(forward("Minimum", "{}", {a, b, c})) == "1 x 2: 1, 4");
}

TEST_CASE("merging leaves the inputs as they are") {
  const Tensor a = tensor({1, 1}, {1});
  (void)forward("Add", "{}", {a, a});
  CHECK(str(a) == "1 x 1: 1");
}

TEST_CASE("axes of size one are repeated, missing axes are leading ones") {
  const Tensor image = counting({1, 2, 2, 2}), gate = tensor({1, 1, 1, 2}, {1, 10});
  CHECK(str(forward("Multiply", "{}", {image, gate})) == "1 x 2 x 2 x 2: 0, 10, 2, 30, 4, 50, 6, 70");
  CHECK(str(forward("Multiply", "{}", {gate, image})) == "1 x 2 x 2 x 2: 0, 10, 2, 30, 4, 50, 6, 70");
  CHECK(str(forward("Add", "{}", {tensor({1, 2}, {100, 200}), counting({1, 2, 2})})) ==
        "1 x 2 x 2: 100, 201, 102, 203");
  CHECK(str(forward("Add", "{}", {tensor({1, 2, 1}, {1, 2}), tensor({1, 1, 2}, {10, 20})})) ==
        "1 x 2 x 2: 11, 21, 12, 22");
  CHECK(shape_of("Add", "{}", {{4, 1, 3}, {1, 5, 3}}) == "4 x 5 x 3");
  CHECK(shape_of("Add", "{}", {{Shape::unknown, 3}, {1, 3}}) == "? x 3");
  CHECK(shape_of("Add", "{}", {{Shape::unknown, 3}, {7, 3}}) == "7 x 3");
}

TEST_CASE("each item of a batch is broadcast separately") {
  CHECK(str(forward("Add", "{}", {tensor({2, 2}, {0, 1, 2, 3}), tensor({2, 1}, {10, 20})})) ==
        "2 x 2: 10, 11, 22, 23");
}

TEST_CASE("a NaN in any input shows in the result") {
  const Tensor number = tensor({1, 1}, {1}), nan = tensor({1, 1}, {NAN});
  for (const char* kind : {"Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum"}) {
    CAPTURE(kind);
    CHECK(std::isnan(forward(kind, "{}", {nan, number})[0]));
    CHECK(std::isnan(forward(kind, "{}", {number, nan})[0]));
  }
}

TEST_CASE("Concatenate joins along the last axis, or any other") {
  const Tensor a = counting({2, 1, 2}), b = tensor({2, 1, 1}, {10, 20});
  CHECK(str(forward("Concatenate", "{}", {a, b})) == "2 x 1 x 3: 0, 1, 10, 2, 3, 20");
  CHECK(str(forward("Concatenate", R"({"axis": 1})", {a, a})) == "2 x 2 x 2: 0, 1, 0, 1, 2, 3, 2, 3");
  CHECK(str(forward("Concatenate", R"({"axis": -2})", {a, a})) == "2 x 2 x 2: 0, 1, 0, 1, 2, 3, 2, 3");
  CHECK(shape_of("Concatenate", R"({"axis": 3})", {{4, 4, 2}, {4, 4, 3}, {4, 4, 5}}) == "4 x 4 x 10");
  CHECK(shape_of("Concatenate", R"({"axis": 1})", {{4, 4, 2}, {5, 4, 2}}) == "9 x 4 x 2");
  CHECK(shape_of("Concatenate", "{}", {{4, 2}, {4, Shape::unknown}}) == "4 x ?");
}

TEST_CASE("there is a window if channels are joined, not if rows are") {
  CHECK(str(layer("Add")->window({4, 4, 1})) == "1x1 stride 1x1 before 0x0");
  CHECK(str(layer("Add")->window({4})) == "none");
  CHECK(str(layer("Concatenate")->window({4, 4, 1})) == "1x1 stride 1x1 before 0x0");
  CHECK(str(layer("Concatenate", R"({"axis": 1})")->window({4, 4, 1})) == "none");
}

TEST_CASE("what does not fit together is refused") {
  CHECK(complaint([] {
          shape_of("Add", "{}", {{4, 3}, {4, 2}});
        }) == "input: inputs of 4 x 3 and 4 x 2 do not fit together");
  CHECK(complaint([] {
          shape_of("Concatenate", "{}", {{4, 3}, {5, 3}});
        }) == "input: inputs of 4 x 3 and 5 x 3 do not fit together");
  CHECK(complaint([] { shape_of("Concatenate", "{}", {{4, 3}, {3}}); }).find("input: ") == 0);
  CHECK(complaint([] {
          shape_of("Concatenate", R"({"axis": 0})", {{4}, {4}});
        }) == "input: option axis is 0, of an input of 4");
  CHECK(complaint([] {
          shape_of("Concatenate", R"({"axis": 4})", {{4}, {4}});
        }) == "input: option axis is 4, of an input of 4");
  CHECK(complaint([] { shape_of("Add", "{}", {}); }) == "input: it takes inputs");
  CHECK(complaint([] { shape_of("Concatenate", "{}", {}); }) == "input: it takes inputs");
  CHECK(refusal("Add", R"({"weights": [1, 2]})") == "unsupported: option 'weights' is not supported");
}

TEST_CASE("gradients of merges, summed over axes that were repeated") {
  for (const char* kind : {"Add", "Multiply", "Average", "Maximum", "Minimum"}) {
    CAPTURE(kind);
    check_gradient(*layer(kind), {distinct({2, 3, 4}), off_zero(distinct({2, 3, 4}, 8))}, 1e-4);
    Tensor gate = noise({2, 4}, 4);
    for (float& v : gate.values()) v += v > 0 ? 4 : -4;  // never close to what it is compared with
    check_gradient(*layer(kind), {noise({2, 3, 4}), gate});
  }
  check_gradient(*layer("Subtract"), {noise({2, 3, 1}), noise({2, 1, 4}, 2)});
  check_gradient(*layer("Concatenate", R"({"axis": 1})"), {noise({2, 3, 4}), noise({2, 1, 4}, 2)});
}

TEST_CASE("of equal values the first gets the gradient") {
  for (const char* kind : {"Maximum", "Minimum"}) {
    const auto d = vjp(*layer(kind), {tensor({1, 1}, {2}), tensor({1, 1}, {2}), tensor({1, 1}, {2})},
                       tensor({1, 1}, {5}));
    CHECK(str(d[0]) == "1 x 1: 5");
    CHECK(str(d[1]) == "1 x 1: 0");
    CHECK(str(d[2]) == "1 x 1: 0");
  }
}

}  // namespace nv::test
