#include "nv/kernels/conv2d.h"

#include <doctest/doctest.h>

#include <atomic>

#include "layers/support.h"

namespace nv::test {

// The numbers are swept against the definition in layers/conv2d_test.cpp; here is what the layer does not
// show.

TEST_CASE("the epilogue sees every output value once, in whole positions") {
  ThreadPool pool(3);
  for (const std::int64_t size : {1, 40}) {
    const Window2D w{{size, size}, {size, size}, {3, 3}, {1, 1}, {1, 1}, {1, 1}, 2};
    const Tensor x = noise({2, size, size, 2}), kernel = noise({3, 3, 2, 5}), depthwise = noise({3, 3, 2, 1});
    Tensor y(Shape{2, size, size, 5}), z(Shape{2, size, size, 2});
    std::atomic<std::int64_t> seen = 0, odd = 0;
    const auto count = [&](std::int64_t channels) {
      return [&, channels](std::span<float> values) {
        seen += static_cast<std::int64_t>(values.size());
        odd += static_cast<std::int64_t>(values.size()) % channels;
      };
    };
    conv2d(w, 5, 1, 2, x.data(), kernel.data(), y.data(), count(5), pool);
    CHECK(seen == y.size());
    seen = 0;
    depthwise_conv2d(w, 1, 2, x.data(), depthwise.data(), z.data(), count(2), pool);
    CHECK(seen == z.size());
    CHECK(odd == 0);
  }
}

TEST_CASE("a convolution needs no epilogue, and replaces what the output held") {
  ThreadPool pool(1);
  const Window2D w{{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 0}, 1};
  const Tensor x = tensor({1, 1, 1, 1}, {2}), kernel = tensor({1, 1, 1, 1}, {3});
  Tensor y(Shape{1, 1, 1, 1}, NAN), z(Shape{1, 1, 1, 1}, NAN);
  conv2d(w, 1, 1, 1, x.data(), kernel.data(), y.data(), {}, pool);
  depthwise_conv2d(w, 1, 1, x.data(), kernel.data(), z.data(), {}, pool);
  CHECK(y[0] == 6.0F);
  CHECK(z[0] == 6.0F);
}

TEST_CASE("no image, no work") {
  ThreadPool pool(1);
  const Window2D w{{4, 4}, {2, 2}, {3, 3}, {1, 1}, {1, 1}, {0, 0}, 1};
  bool called = false;
  conv2d(
      w, 1, 1, 0, nullptr, nullptr, nullptr, [&](std::span<float>) { called = true; }, pool);
  CHECK_FALSE(called);
}

}  // namespace nv::test
