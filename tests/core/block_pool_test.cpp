#include "nv/core/block_pool.h"

#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

namespace {
constexpr std::int64_t large = 1 << 16;  // floats
constexpr std::size_t bytes = large * sizeof(float);
}  // namespace

TEST_CASE("memory of a large tensor is used again by the next one of its size" *
          doctest::skip(keeps_blocks() == false)) {
  release_kept_blocks();
  const BlockPoolSizes before = block_pool_sizes();
  const float* first = nullptr;
  {
    const Tensor t(Shape{large});
    first = t.data();
    CHECK(reinterpret_cast<std::uintptr_t>(first) % 64 == 0);
    CHECK(block_pool_sizes().used == before.used + bytes);
  }
  CHECK(block_pool_sizes().kept == bytes);
  CHECK(block_pool_sizes().used == before.used);
  CHECK(Tensor(Shape{large}).data() == first);
  CHECK(Tensor(Shape{large - 64}).data() == first);
  release_kept_blocks();
  CHECK(block_pool_sizes().kept == 0);
}

TEST_CASE("a small tensor does not take a block that is much too large") {
  release_kept_blocks();
  (void)Tensor(Shape{large});
  const float* const kept = Tensor(Shape{large}).data();
  const Tensor half(Shape{large / 2});
  CHECK(half.data() != kept);
}

TEST_CASE("blocks in use and kept are at most twice what was in use at once") {
  release_kept_blocks();
  const std::size_t used = block_pool_sizes().used;
  for (const std::int64_t size : {1, 2, 4, 8}) {  // none fits the next
    std::vector<Tensor> tensors;
    for (int i = 0; i < 8 / size; ++i) tensors.emplace_back(Shape{size * large});
    CHECK(block_pool_sizes().used == used + 8 * bytes);
    CHECK(block_pool_sizes().used + block_pool_sizes().kept <= 2 * (used + 8 * bytes));
  }
}

TEST_CASE("a tensor's memory stays its own while a part of it is in use") {
  Tensor part;
  {
    Tensor t(Shape{2, large}, 1.0F);
    part = t.item(1);
  }
  Tensor other(Shape{2, large}, 2.0F);
  CHECK(part[0] == 1.0F);
  CHECK(other[0] == 2.0F);
}

}  // namespace nv
