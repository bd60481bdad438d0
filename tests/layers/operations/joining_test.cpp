#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {
const std::string both = "[[" + x0 + ", " + x1 + "]]", two = "[" + x0 + ", " + x1 + "]";
const Tensor a = tensor({1, 2}, {1, 2}), b = tensor({1, 2}, {3, 4});
}  // namespace

TEST_CASE("concat, stack and add_n take a list of tensors") {
  CHECK(str(forward(*called("Concatenate", R"({"axis": -1})", both), {a, b})) == "1 x 4: 1, 2, 3, 4");
  CHECK(str(forward(*tf("concat", "[" + x0 + ", " + x1 + "]", R"({"axis": 1})"), {a, b})) ==
        "1 x 4: 1, 2, 3, 4");
  CHECK(str(forward(*called("Stack", R"({"axis": 1})", both), {a, b})) == "1 x 2 x 2: 1, 2, 3, 4");
  CHECK(str(forward(*called("Stack", R"({"axis": -1})", both), {a, b})) == "1 x 2 x 2: 1, 3, 2, 4");
  CHECK(str(forward(*tf("math.add_n", "[" + x0 + ", " + x1 + "]"), {a, b})) == "1 x 2: 4, 6");
  CHECK(refusal_of("Concatenate", R"({"axis": 0})", both) == "unsupported: axis 0 is the batch");
  CHECK(refusal_of("Stack", R"({"axis": 1})", "[[" + x0 + ", [1, 2]]]") ==
        "unsupported: constants among its tensors are not supported");
}

TEST_CASE("matrix products, with transposed and constant factors") {
  const Tensor m = counting({1, 2, 2}), v = tensor({1, 2, 1}, {1, 10});
  CHECK(str(forward(*op_of("Matmul", two), {m, v})) == "1 x 2 x 1: 10, 32");
  CHECK(str(forward(*tf("linalg.matmul", x0, R"({"b": {"__input__": 1}, "transpose_a": true})"), {m, v})) ==
        "1 x 2 x 1: 20, 31");
  CHECK(str(forward(*op_of("Matmul", "[" + x0 + ", [[1], [10]]]"), {a})) == "1 x 1: 21");
  CHECK(str(forward(*op_of("Matmul", "[[[1, 10]], " + x0 + "]"), {m})) == "1 x 1 x 2: 20, 31");
  CHECK(shape_of(*op_of("Matmul", two), {{4, 2, 3}, {1, 3, 5}}).str() == "4 x 2 x 5");
  CHECK(op_of("Matmul", two)->macs(std::array{Shape{2, 3}, Shape{3, 5}}) == 30);
  CHECK(complaint([] {
          (void)shape_of(*op_of("Matmul", two), {{3}, {3}});
        }).find("unsupported: a product of 3 and 3") == 0);
  CHECK(complaint([] {
          (void)shape_of(*op_of("Matmul", two), {{2, 3}, {2, 3}});
        }) == "input: inputs of 2 x 3 and 2 x 3 do not fit together");
}

TEST_CASE("gradients of joining operations") {
  check_gradient(*called("Stack", R"({"axis": 2})", both), {noise({2, 3, 2}), noise({2, 3, 2}, 2)});
  check_gradient(*called("Concatenate", R"({"axis": 1})", both), {noise({2, 3, 2}), noise({2, 1, 2}, 2)});
  check_gradient(*op_of("Matmul", two), {noise({2, 3, 2, 4}), noise({2, 1, 4, 3}, 2)});
  check_gradient(*op_of("Matmul", "[" + x0 + ", [[1, 2], [-1, 3]]]"), {noise({2, 2})});
  check_gradient(
      *tf("linalg.matmul", x0, R"({"b": {"__input__": 1}, "transpose_a": true, "transpose_b": true})"),
      {noise({2, 4, 3}), noise({2, 5, 4}, 2)});
}

}  // namespace nv::test
