#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {
const Tensor one_minus_two = tensor({1, 2}, {1, -2});
}  // namespace

TEST_CASE("arithmetic with a number keeps the order of its arguments, in every dialect") {
  CHECK(str(forward(*op_of("Subtract", "[" + x0 + ", 5]"), {one_minus_two})) == "1 x 2: -4, -7");
  CHECK(str(forward(*op_of("Subtract", "[5, " + x0 + "]"), {one_minus_two})) == "1 x 2: 4, 7");
  CHECK(str(forward(*tf("math.subtract", x0, R"({"y": 5, "name": null})"), {one_minus_two})) ==
        "1 x 2: -4, -7");
  CHECK(str(forward(*tf("math.subtract", "5", R"({"y": {"__input__": 0}})"), {one_minus_two})) ==
        "1 x 2: 4, 7");
  CHECK(str(forward(*tf("math.truediv", x0, R"({"y": 2})"), {one_minus_two})) == "1 x 2: 0.5, -1");
}

TEST_CASE("the operation Add takes two arguments, the layer Add a list") {
  CHECK(str(forward(*op_of("Add", "[" + x0 + ", " + x1 + "]"), {one_minus_two, one_minus_two})) ==
        "1 x 2: 2, -4");
  CHECK(str(forward(*called("Add", R"({"trainable": true})", "[[" + x0 + ", " + x1 + ", " + x0 + "]]"),
                    {one_minus_two, one_minus_two, one_minus_two})) == "1 x 2: 3, -6");
}

TEST_CASE("constants are broadcast, but not over the batch") {
  CHECK(str(forward(
            *op_of("Multiply",
                   R"([{"class_name": "__tensor__", "config": {"value": [10, 100], "dtype": "float32"}}, )" +
                       x0 + "]"),
            {one_minus_two})) == "1 x 2: 10, -200");
  CHECK(str(forward(*op_of("Add", "[" + x0 + ", [[10], [20]]]"), {tensor({1, 2, 1}, {1, 2})})) ==
        "1 x 2 x 1: 11, 22");
  CHECK(shape_of(*op_of("Add", "[" + x0 + ", [[[1, 2, 3]]]]"), {{2, 1}}).str() == "2 x 3");
  CHECK(complaint([] { (void)shape_of(*op_of("Add", "[" + x0 + ", [[1], [2]]]"), {{2}}); }) ==
        "unsupported: a constant of 2 x 1 would change the batch");
  CHECK(complaint([] {
          (void)shape_of(*op_of("Add", "[" + x0 + ", " + x1 + "]"), {{2, 3}, {3}});
        }) == "unsupported: inputs of 2 x 3 and 3 mix the batch with other axes");
}

TEST_CASE("two inputs combine, and divisions and powers are Python's") {
  const Tensor a = tensor({1, 3}, {-7, 7, 4}), b = tensor({1, 3}, {2, -2, 0});
  const std::string both = "[" + x0 + ", " + x1 + "]";
  CHECK(str(forward(*op_of("Maximum", both), {a, b})) == "1 x 3: 2, 7, 4");
  CHECK(str(forward(*op_of("DivideNoNan", both), {a, b})) == "1 x 3: -3.5, -3.5, 0");
  CHECK(str(forward(*op_of("FloorDivide", "[" + x0 + ", 2]"), {a})) == "1 x 3: -4, 3, 2");
  CHECK(str(forward(*op_of("Mod", "[" + x0 + ", 2]"), {a})) == "1 x 3: 1, 1, 0");
  CHECK(str(forward(*op_of("Power", "[" + x0 + ", 2]"), {a})) == "1 x 3: 49, 49, 16");
}

TEST_CASE("functions of one number") {
  CHECK(str(forward(*op("Absolute"), {one_minus_two})) == "1 x 2: 1, 2");
  CHECK(str(forward(*op("Square"), {one_minus_two})) == "1 x 2: 1, 4");
  CHECK(str(forward(*op("Round"), {tensor({1, 3}, {0.5F, 1.5F, -2.5F})})) == "1 x 3: 0, 2, -2");
  CHECK(str(forward(*op("Clip", R"({"x_min": -1, "x_max": 0.5})"), {one_minus_two})) == "1 x 2: 0.5, -1");
  CHECK(str(forward(*tf("clip_by_value", x0, R"({"clip_value_min": 0, "clip_value_max": 9})"),
                    {one_minus_two})) == "1 x 2: 1, 0");
  CHECK(str(forward(*op("Cast", R"({"dtype": "float32"})"), {one_minus_two})) == str(one_minus_two));
  CHECK(refusal_of("Cast", R"({"dtype": "int32"})", "[" + x0 + "]") ==
        "unsupported: a cast to int32 is not supported");
}

TEST_CASE("activations by the names of keras.ops and of TensorFlow") {
  CHECK(str(forward(*op("Relu"), {one_minus_two})) == "1 x 2: 1, 0");
  CHECK(str(forward(*op("LeakyRelu", R"({"negative_slope": 0.5})"), {one_minus_two})) == "1 x 2: 1, -1");
  CHECK(str(forward(*tf("nn.leaky_relu", x0, R"({"alpha": 0.5})"), {one_minus_two})) == "1 x 2: 1, -1");
  CHECK(forward(*op("Softmax", R"({"axis": 1})"), {tensor({1, 2, 1}, {0, 0})})[1] == 0.5F);
  CHECK(str(forward(*op("Glu", R"({"axis": -1})"), {tensor({1, 2}, {4, 0})})) == "1 x 1: 2");
  CHECK(op("HardSilu")->activation() == "hard_silu");
  CHECK(str(forward(*op("SoftShrink", R"({"threshold": 1.5})"), {one_minus_two})) == "1 x 2: 0, -0.5");
  CHECK(str(forward(*op("HardShrink", R"({"threshold": 1.5})"), {one_minus_two})) == "1 x 2: 0, -2");
  CHECK(forward(*op("Squareplus", R"({"b": 0})"), {one_minus_two})[0] == 1.0F);
}

TEST_CASE("the error names what is not supported") {
  CHECK(complaint([] { (void)tf("signal.fft", x0); }) ==
        "unsupported: the operation tf.signal.fft is not supported");
  CHECK(refusal_of("Relu", R"({"glow": 1})", "[" + x0 + "]") ==
        "unsupported: option 'glow' is not supported");
  CHECK(refusal_of("Relu", "{}", "[" + x0 + ", 3]") ==
        "unsupported: argument 2 of its call is not supported");
}

TEST_CASE("gradients of functions of one number") {
  for (const char* kind :
       {"Absolute", "Arctan", "Cos",  "Cosh",     "Erf",        "Exp",   "Expm1",   "Log",
        "Log10",    "Log1p",  "Log2", "Negative", "Reciprocal", "Rsqrt", "Sin",     "Sinh",
        "Sqrt",     "Square", "Tan",  "Gelu",     "Silu",       "Tanh",  "Sigmoid", "Softplus"}) {
    CAPTURE(kind);
    check_gradient(*op(kind), {positive({2, 5})}, 5e-5);
  }
  for (const char* kind : {"Arccos", "Arcsin", "Arcsinh", "Arctanh"}) {
    CAPTURE(kind);
    Tensor small = noise({2, 5});
    for (float& v : small.values()) v *= 0.7F;
    check_gradient(*op(kind), {small}, 5e-4);
  }
  check_gradient(*op("SoftShrink", R"({"threshold": 0.25})"), {off_zero(distinct({2, 7}))});
  check_gradient(*op("HardShrink", R"({"threshold": 0.25})"), {off_zero(distinct({2, 7}))});
  check_gradient(*op("Squareplus", R"({"b": 2})"), {noise({2, 7})});
  check_gradient(*op("Clip", R"({"x_min": -0.5, "x_max": 0.5})"), {off_zero(distinct({2, 7}))});
  check_gradient(*op("Glu", R"({"axis": 1})"), {noise({2, 4, 3})});
  check_gradient(*op("LogSoftmax", R"({"axis": 1})"), {noise({2, 4, 3})});
  CHECK(vjp(*op("Floor"), {one_minus_two}, one_minus_two)[0].empty());
}

TEST_CASE("gradients of functions of two") {
  const std::string both = "[" + x0 + ", " + x1 + "]";
  for (const char* kind :
       {"Add", "Subtract", "Multiply", "Divide", "Power", "SquaredDifference", "DivideNoNan"}) {
    CAPTURE(kind);
    check_gradient(*op_of(kind, both), {positive({2, 3, 1}), positive({2, 1, 4}, 9)}, 5e-5);
    check_gradient(*op_of(kind, "[1.625, " + x0 + "]"), {positive({2, 3})}, 5e-5);
  }
  for (const char* kind : {"Maximum", "Minimum"})
    check_gradient(*op_of(kind, both), {distinct({2, 3, 1}), off_zero(distinct({2, 1, 4}, 9))});
  CHECK(str(vjp(*op_of("Maximum", both), {one_minus_two, one_minus_two}, tensor({1, 2}, {3, 4}))[0]) ==
        "1 x 2: 3, 4");  // ties: the first
}

}  // namespace nv::test
