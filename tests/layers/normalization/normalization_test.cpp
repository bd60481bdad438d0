#include <doctest/doctest.h>

#include "layers/call_support.h"
#include "layers/gradient_check.h"

namespace nv::test {

TEST_CASE("Normalization subtracts the stored mean and divides by the stored deviation") {
  const auto n = layer("Normalization", R"({"axis": [-1], "invert": false, "mean": null, "variance": null})");
  CHECK(weights_of(*n, {{5, 2}}) == "mean 2 (fixed), variance 2 (fixed), count scalar (fixed)");
  n->load({tensor({2}, {1, 2}), tensor({2}, {4, 0}), tensor({}, {7})});
  // Where there is no variance, Keras divides by its epsilon of 1e-7.
  CHECK(difference(forward(*n, {tensor({1, 1, 2}, {5, 2.5F})}), {2, 5e6}) < 1e-6);
}

TEST_CASE("the inverse, and axes of every kind") {
  const auto back = layer("Normalization", R"({"axis": [1], "invert": true})");
  CHECK(weights_of(*back, {{2, 3}}).starts_with("mean 2 (fixed)"));
  back->load({tensor({2}, {1, 2}), tensor({2}, {4, 9}), tensor({}, {0})});
  CHECK(str(forward(*back, {counting({1, 2, 3})})) == "1 x 2 x 3: 1, 3, 5, 11, 14, 17");
  const auto whole = layer("Normalization", R"({"axis": []})");
  CHECK(weights_of(*whole, {{2, 3}}).starts_with("mean scalar (fixed), variance scalar (fixed)"));
  whole->load({tensor({}, {1}), tensor({}, {4}), tensor({}, {0})});
  CHECK(str(forward(*whole, {tensor({1, 2}, {1, 5})})) == "1 x 2: 0, 2");
}

TEST_CASE("statistics may be options: numbers, or lists for the last of the axes") {
  CHECK(str(forward("Normalization", R"({"axis": [], "mean": 3.0, "variance": 4.0})",
                    {tensor({1, 2}, {3, 7})})) == "1 x 2: 0, 2");
  CHECK(str(forward("Normalization", R"({"axis": [1, 2], "mean": [1, 2], "variance": [1, 4]})",
                    {counting({1, 2, 2})})) == "1 x 2 x 2: -1, -0.5, 1, 0.5");
  CHECK(layer("Normalization", R"({"mean": [1, 2], "axis": -1, "variance": [1, 4]})")
            ->weights(std::array{Shape{2}})
            .empty());
  CHECK(refusal("Normalization", R"({"mean": [1, 2], "variance": 1})") ==
        "input: options mean and variance have different shapes");
  CHECK(refusal("Normalization", R"({"mean": [1, [2]], "variance": 1})").find("input: option mean is") == 0);
  CHECK(complaint([] {
          (void)shape_of("Normalization", R"({"axis": -1, "mean": [1, 2], "variance": [1, 2]})", {{3}});
        }).find("input: ") == 0);
}

TEST_CASE("gradients of Normalization") {
  for (const char* json : {R"({"axis": [-1]})", R"({"axis": [1, 3], "invert": true})"}) {
    const auto n = layer("Normalization", json);
    load_noise(*n, {{2, 3, 4}});
    check_gradient(*n, {noise({2, 2, 3, 4})});
  }
}

}  // namespace nv::test
