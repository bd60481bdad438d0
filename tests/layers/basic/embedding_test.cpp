#include <doctest/doctest.h>

#include "layers/call_support.h"

namespace nv::test {

TEST_CASE("Embedding returns one row of its table per number") {
  const auto e =
      layer("Embedding", R"({"input_dim": 3, "output_dim": 2, "mask_zero": true, "input_length": 4})");
  CHECK(weights_of(*e, {{4}}) == "embeddings 3 x 2");
  e->load({counting({3, 2})});
  CHECK(str(forward(*e, {tensor({1, 3}, {2, 0, 1.9F})})) == "1 x 3 x 2: 4, 5, 0, 1, 2, 3");
  CHECK(shape_of(*e, {{Shape::unknown}}).str() == "? x 2");
}

TEST_CASE("an index has no gradient") {
  const auto e = layer("Embedding", R"({"input_dim": 3, "output_dim": 2})");
  e->load({counting({3, 2})});
  ThreadPool pool(1);
  Context context{pool};
  CHECK(e->vjp(std::array{tensor({1, 1}, {2})}, tensor({1, 1, 2}, {4, 5}), tensor({1, 1, 2}, {1, 1}), context)
            .at(0)
            .empty());
}

TEST_CASE("numbers outside of the table, and tables without rows, are errors") {
  const auto e = layer("Embedding", R"({"input_dim": 3, "output_dim": 2})");
  e->load({counting({3, 2})});
  for (float bad : {-1.0F, 3.0F, 1e20F, std::nanf("")})
    CHECK(complaint([&] { (void)forward(*e, {tensor({1, 1}, {bad})}); }).find("input: ") == 0);
  CHECK(refusal("Embedding", R"({"input_dim": 0, "output_dim": 2})") == "input: option input_dim is 0");
  CHECK(refusal("Embedding", R"({"input_dim": 2, "output_dim": -2})") == "input: option output_dim is -2");
}

}  // namespace nv::test
