#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

namespace {

const Tensor to_slice = counting({1, 2, 3});

/// x[key], with the entries of the index as JSON.
std::unique_ptr<Layer> item(const std::string& key) {
  return called("GetItem", "{}", "[" + x0 + ", " + key + "]");
}
const std::string all =
    R"({"class_name": "__slice__", "config": {"start": null, "stop": null, "step": null}})";
std::string slice(const std::string& start, const std::string& stop, const std::string& step = "null") {
  return R"({"class_name": "__slice__", "config": {"start": )" + start + R"(, "stop": )" + stop +
         R"(, "step": )" + step + "}}";
}
const std::string rest = R"({"class_name": "__ellipsis__", "config": {}})";

}  // namespace

TEST_CASE("indices: numbers, slices, new axes, ellipses") {
  CHECK(str(forward(*item("[" + all + ", 1]"), {to_slice})) == "1 x 3: 3, 4, 5");
  CHECK(str(forward(*item("[" + all + ", -1, " + slice("null", "null", "2") + "]"), {to_slice})) ==
        "1 x 2: 3, 5");
  CHECK(str(forward(*item("[" + rest + ", 0]"), {to_slice})) == "1 x 2: 0, 3");
  CHECK(str(forward(*item("[" + all + ", null, " + slice("1", "100") + "]"), {to_slice})) ==
        "1 x 1 x 1 x 3: 3, 4, 5");
  CHECK(str(forward(*item("[" + all + ", " + all + ", " + slice("null", "null", "-1") + "]"), {to_slice})) ==
        "1 x 2 x 3: 2, 1, 0, 5, 4, 3");
  CHECK(str(forward(*item("[" + all + ", " + all + ", " + slice("-2", "-1") + "]"), {to_slice})) ==
        "1 x 2 x 1: 1, 4");
  CHECK(shape_of(*item("[" + all + ", " + slice("3", "1") + "]"), {{5}}).str() == "0");
  CHECK(shape_of(*item("[" + all + ", " + slice("1", "null") + ", 0]"), {{Shape::unknown, 3}}).str() == "?");
  const auto of_tf = called(
      "SlicingOpLambda", R"({"function": "__operators__.getitem"})", "[" + x0 + "]",
      R"({"slice_spec": [{"start": null, "stop": null, "step": null}, {"start": 1, "stop": null, "step": null}]})",
      2);
  CHECK(str(forward(*of_tf, {to_slice})) == "1 x 1 x 3: 3, 4, 5");
}

TEST_CASE("indices that pick from the batch, are computed or do not fit are refused") {
  const auto problem = [](const std::string& key) {
    return complaint([&] { (void)item(key)->shape(std::array{Shape{2, 3}}); });
  };
  CHECK(problem("0") == "unsupported: an index that selects items of the batch is not supported");
  CHECK(problem("[" + slice("1", "null") + "]") ==
        "unsupported: an index that selects items of the batch is not supported");
  CHECK(problem("[" + all + ", {\"__input__\": 1}]") ==
        "unsupported: an index that is computed is not supported");
  CHECK(problem("[" + all + ", 2]") == "input: its element 2 is not among 2");
  CHECK(problem("[" + all + ", 0, 0, 0]").find("input: an index of 3 axes") == 0);
  CHECK(problem("[" + all + ", " + slice("null", "null", "0") + "]") == "input: a slice has a step of 0");
  for (const char* config : {"[2]", "\"x\"", "3"})
    CHECK(problem("[" + all + R"(, {"class_name": "__slice__", "config": )" + config + "}]") ==
          "input: a slice is not an object");
}

TEST_CASE("parts of an axis: of one size, from indices, of given sizes, element by element") {
  const auto part = [](const std::string& kind, const std::string& json, int output) {
    return str(forward(*called(kind, json, "[" + x0 + "]", "{}", 3, output), {to_slice}));
  };
  CHECK(part("Split", R"({"indices_or_sections": 3, "axis": 2})", 1) == "1 x 2 x 1: 1, 4");
  CHECK(part("Split", R"({"indices_or_sections": [1], "axis": -1})", 0) == "1 x 2 x 1: 0, 3");
  CHECK(part("Split", R"({"indices_or_sections": [1], "axis": -1})", 1) == "1 x 2 x 2: 1, 2, 4, 5");
  CHECK(part("Unstack", R"({"num": null, "axis": 1})", 1) == "1 x 3: 3, 4, 5");
  const auto sizes = [](const std::string& kwargs, int output) {
    return called("TFOpLambda", R"({"function": "split"})", "[" + x0 + "]", kwargs, 2, output);
  };
  CHECK(str(forward(*sizes(R"({"num_or_size_splits": [2, 1], "axis": 2})", 1), {to_slice})) ==
        "1 x 2 x 1: 2, 5");
  CHECK(str(forward(*sizes(R"({"num_or_size_splits": 2, "axis": 1})", 1), {to_slice})) ==
        "1 x 1 x 3: 3, 4, 5");
  check_gradient(*sizes(R"({"num_or_size_splits": [2, 1], "axis": 2})", 0), {noise({2, 2, 3})});

  CHECK(complaint([&] { (void)sizes(R"({"num_or_size_splits": 2, "axis": 0})", 0); }) ==
        "unsupported: it splits the batch");
  CHECK(complaint([&] { (void)part("Split", R"({"indices_or_sections": 2, "axis": 2})", 0); }) ==
        "input: an axis of 3 cannot be divided into 2 parts");
  CHECK(complaint([&] { (void)part("Split", R"({"indices_or_sections": [1], "axis": 2})", 2); }) ==
        "input: part 2 is not among 2");
  CHECK(complaint([&] { (void)part("Unstack", R"({"axis": 1})", 2); }) == "input: element 2 is not among 2");
  CHECK(complaint([&] { (void)part("Flip", R"({"axis": 1})", 1); }) ==
        "unsupported: output 1 is used, but it has one output");
}

TEST_CASE("the gradient of a slice is 0 outside of it") {
  const std::vector<Tensor> in{noise({2, 2, 3, 4})};
  check_gradient(
      *item("[" + all + ", " + slice("null", "null", "-1") + ", " + slice("0", "3", "2") + ", -1]"), in);
}

}  // namespace nv::test
