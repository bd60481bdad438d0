#include "nv/kernels/transpose.h"

#include <doctest/doctest.h>

#include <array>

#include "layers/support.h"

namespace nv::test {

TEST_CASE("transposing turns rows into columns") {
  CHECK(str(transpose(counting({2, 3}), std::array{1, 0})) == "3 x 2: 0, 3, 1, 4, 2, 5");
}

TEST_CASE("any order of axes: element (i, j, k, l) goes where the order says") {
  const Tensor x = counting({2, 3, 4, 5});
  std::array order{0, 1, 2, 3};
  do {
    const Tensor y = transpose(x, order);
    std::array<std::int64_t, 4> at{};
    std::int64_t n = 0;
    bool right = true;
    for (at[0] = 0; at[0] < y.shape()[0]; ++at[0])
      for (at[1] = 0; at[1] < y.shape()[1]; ++at[1])
        for (at[2] = 0; at[2] < y.shape()[2]; ++at[2])
          for (at[3] = 0; at[3] < y.shape()[3]; ++at[3]) {
            std::array<std::int64_t, 4> from{};
            for (std::size_t a = 0; a < 4; ++a) from[static_cast<std::size_t>(order[a])] = at[a];
            right = right && y[n++] == x[((from[0] * 3 + from[1]) * 4 + from[2]) * 5 + from[3]];
          }
    CHECK(right);
  } while (std::ranges::next_permutation(order).found);
}

TEST_CASE("tensors of no axis, one axis and no element") {
  CHECK(str(transpose(counting({3}), std::array{0})) == "3: 0, 1, 2");
  CHECK(str(transpose(Tensor(Shape{}, 5.0F), {})) == "scalar: 5");
  CHECK(transpose(Tensor(Shape{2, 0, 3}), std::array{2, 1, 0}).shape() == Shape{3, 0, 2});
}

}  // namespace nv::test
