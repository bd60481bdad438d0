#include <doctest/doctest.h>

#include <cmath>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {
const Tensor to_reduce = tensor({1, 2, 3}, {1, 2, 3, 4, 5, 9});
}  // namespace

TEST_CASE("reductions along one axis or several") {
  CHECK(str(forward(*op("Mean", R"({"axis": [1, 2], "keepdims": false})"), {to_reduce})) == "1: 4");
  CHECK(str(forward(*op("Sum", R"({"axis": -1, "keepdims": true})"), {to_reduce})) == "1 x 2 x 1: 6, 18");
  CHECK(str(forward(*op("Max", R"({"axis": 1, "initial": null})"), {to_reduce})) == "1 x 3: 4, 5, 9");
  CHECK(str(forward(*op("Amin", R"({"axis": 2})"), {to_reduce})) == "1 x 2: 1, 4");
  CHECK(str(forward(*op("Prod", R"({"axis": 2, "dtype": null})"), {to_reduce})) == "1 x 2: 6, 180");
  CHECK(forward(*op("Var", R"({"axis": 2})"), {to_reduce})[0] == doctest::Approx(2.0 / 3));
  CHECK(forward(*op("Std", R"({"axis": 2})"), {to_reduce})[0] == doctest::Approx(std::sqrt(2.0 / 3)));
  CHECK(forward(*op("Norm", R"({"axis": 2, "ord": null})"), {to_reduce})[0] ==
        doctest::Approx(std::sqrt(14.0)));
  CHECK(forward(*op("Logsumexp", R"({"axis": 2})"), {to_reduce})[0] == doctest::Approx(3.40760596));
  CHECK(str(forward(*tf("math.reduce_mean", x0, R"({"axis": [1, 2], "keepdims": true})"), {to_reduce})) ==
        "1 x 1 x 1: 4");
  CHECK(shape_of(*op("Mean", R"({"axis": 1})"), {{Shape::unknown, 3}}).str() == "3");
}

TEST_CASE("the batch is never reduced") {
  CHECK(refusal_of("Mean", R"({"axis": 0})", "[" + x0 + "]") == "unsupported: axis 0 is the batch");
  CHECK(refusal_of("Mean", R"({"axis": null})", "[" + x0 + "]") ==
        "unsupported: without an axis it reduces the whole batch to one number");
  CHECK(refusal_of("Norm", R"({"axis": 1, "ord": 1})", "[" + x0 + "]") ==
        "unsupported: option ord is not supported");
}

TEST_CASE("gradients of reductions") {
  for (const char* kind : {"Mean", "Sum", "Prod", "Var", "Std", "Norm", "Logsumexp", "Max", "Min"})
    for (const char* json : {R"({"axis": 1})", R"({"axis": [1, 3], "keepdims": true})"}) {
      CAPTURE(kind);
      Tensor t = distinct({2, 2, 3, 2});
      for (float& v : t.values()) v = 0.5F + 0.25F * v;
      check_gradient(*op(kind, json), {t}, 5e-5);
    }
  // Of equal largest values, each gets its share.
  CHECK(str(vjp(*op("Max", R"({"axis": 1})"), {tensor({1, 3}, {2, 1, 2})}, tensor({1}, {3}))[0]) ==
        "1 x 3: 1.5, 0, 1.5");
  CHECK(str(vjp(*op("Prod", R"({"axis": 1})"), {tensor({1, 3}, {2, 0, 5})}, tensor({1}, {1}))[0]) ==
        "1 x 3: 0, 10, 0");
}

}  // namespace nv::test
