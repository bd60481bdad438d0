#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {

const Tensor to_reshape = counting({1, 2, 3});

std::string refused(const std::string& kind, const std::string& json, const Shape& in) {
  return complaint([&] { (void)op(kind, json)->shape(std::array{in}); });
}

}  // namespace

TEST_CASE("reshaping keeps the batch, which comes first") {
  CHECK(str(forward(*op("Reshape", R"({"newshape": [-1, 3, 2]})"), {to_reshape})) ==
        "1 x 3 x 2: 0, 1, 2, 3, 4, 5");
  CHECK(shape_of(*tf("reshape", x0, R"({"shape": [-1, 6]})"), {{2, 3}}).str() == "6");
  CHECK(refused("Reshape", R"({"newshape": [1, -1]})", {2, 3})
            .find("unsupported: a shape whose first axis is not the batch") == 0);
  CHECK(refused("Reshape", R"({"newshape": [-1, 3]})", {2, 3}) ==
        "unsupported: a reshape of 2 x 3 to 3 would mix items of the batch");
  CHECK(refusal_of("TFOpLambda", R"({"function": "reshape"})", "[" + x0 + "]",
                   R"({"shape": [{"__input__": 1}, 6]})",
                   2) == "unsupported: a shape that is computed is not supported");
  CHECK(shape_of(*tf("keras.backend.batch_flatten", x0), {{2, 3}}).str() == "6");
}

TEST_CASE("axes move, appear and vanish") {
  CHECK(str(forward(*op("Transpose", R"({"axes": [0, 2, 1]})"), {to_reshape})) ==
        "1 x 3 x 2: 0, 3, 1, 4, 2, 5");
  CHECK(str(forward(*op("Swapaxes", R"({"axis1": 1, "axis2": -1})"), {to_reshape})) ==
        "1 x 3 x 2: 0, 3, 1, 4, 2, 5");
  CHECK(shape_of(*op("Moveaxis", R"({"source": 1, "destination": -1})"), {{2, 3, 4}}).str() == "3 x 4 x 2");
  CHECK(shape_of(*op("ExpandDims", R"({"axis": 1})"), {{2, 3}}).str() == "1 x 2 x 3");
  CHECK(shape_of(*op("ExpandDims", R"({"axis": -1})"), {{2, 3}}).str() == "2 x 3 x 1");
  CHECK(shape_of(*op("Squeeze", R"({"axis": 2})"), {{2, 1, 3}}).str() == "2 x 3");
  CHECK(shape_of(*op("Squeeze"), {{1, 1, 3}}).str() == "3");
  CHECK(refused("Squeeze", R"({"axis": 1})", {2, 1}) == "input: axis 1 of 2 x 1 is not of size 1");
  CHECK(refused("Transpose", R"({"axes": [0, 1, 1]})", {2, 3}).find("input: option axes is not an order") ==
        0);
  for (const char* json : {R"({"axes": [1, 0, 2]})", R"({"axes": null})"})
    CHECK(refused("Transpose", json, {2, 3}) == "unsupported: it moves the batch");
  CHECK(refused("ExpandDims", R"({"axis": 0})", {2, 3}) == "unsupported: axis 0 is the batch");
  CHECK(shape_of(*op("ExpandDims", R"({"axis": [1, 3]})"), {{2, 3}}).str() == "1 x 2 x 1 x 3");
  CHECK(shape_of(*op("ExpandDims", R"({"axis": [-1, 1]})"), {{2, 3}}).str() == "1 x 2 x 3 x 1");
  CHECK(refused("ExpandDims", R"({"axis": [1, 1]})", {2}) == "input: option axis names an axis twice");
}

TEST_CASE("flips and repetitions") {
  CHECK(str(forward(*op("Flip", R"({"axis": 2})"), {to_reshape})) == "1 x 2 x 3: 2, 1, 0, 5, 4, 3");
  CHECK(str(forward(*op("Repeat", R"({"repeats": 2, "axis": 2})"), {counting({1, 1, 2})})) ==
        "1 x 1 x 4: 0, 0, 1, 1");
  CHECK(str(forward(*op("Tile", R"({"repeats": [1, 2, 2]})"), {counting({1, 1, 2})})) ==
        "1 x 2 x 4: 0, 1, 0, 1, 0, 1, 0, 1");
  CHECK(refused("Tile", R"({"repeats": [2, 1, 1]})", {2, 3}) == "unsupported: it repeats the batch");
  CHECK(refusal_of("Repeat", R"({"repeats": 0, "axis": 1})", "[" + x0 + "]") == "input: option repeats is 0");
  CHECK(refused("Tile", R"({"repeats": [1, 2000000000, 2000000000]})", {2000000000, 2}).find("input: ") == 0);
}

TEST_CASE("padding with one value") {
  CHECK(str(forward(*op("Pad", R"({"pad_width": [[0, 0], [0, 1], [1, 0]], "mode": "constant"})"),
                    {to_reshape})) == "1 x 3 x 4: 0, 0, 1, 2, 0, 3, 4, 5, 0, 0, 0, 0");
  CHECK(refused("Pad", R"({"pad_width": [[1, 0], [0, 1]]})", {2}) == "unsupported: it pads the batch");
  CHECK(refused("Pad", R"({"pad_width": [[0, 0], [0, 1]], "mode": "reflect"})", {2}) ==
        "unsupported: padding other than with one value is not supported");
  CHECK(str(forward(*called("Pad", R"({"pad_width": [[0, 0], [0, 0], [1, 1]], "mode": "constant"})",
                            "[" + x0 + "]", R"({"constant_values": 9})"),
                    {tensor({1, 1, 2}, {0, 7})})) == "1 x 1 x 4: 9, 0, 7, 9");
}

TEST_CASE("gradients of operations on shapes") {
  const std::vector<Tensor> in{noise({2, 2, 3, 4})};
  for (const auto& [kind, json] : std::vector<std::pair<std::string, std::string>>{
           {"Reshape", R"({"newshape": [-1, 6, 4]})"},
           {"Transpose", R"({"axes": [0, 3, 1, 2]})"},
           {"Flip", R"({"axis": [1, 3]})"},
           {"Repeat", R"({"repeats": 2, "axis": 2})"},
           {"Tile", R"({"repeats": [1, 2, 1, 2]})"},
           {"ExpandDims", R"({"axis": 2})"},
           {"Pad", R"({"pad_width": [[0, 0], [1, 0], [0, 2], [0, 0]]})"}}) {
    const std::string shown(kind);  // clang 14 captures no structured binding
    CAPTURE(shown);
    check_gradient(*op(kind, json), in);
  }
}

}  // namespace nv::test
