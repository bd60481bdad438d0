#include "nv/kernels/pooling.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "layers/support.h"

namespace nv::test {

namespace {

struct Pools {
  std::vector<double> largest, mean;
};

/// The definitions, position by position; positions outside of the input do not count.
Pools naive(const WindowSizes& w, std::int64_t items, const Tensor& x) {
  Pools pools;
  for (std::int64_t o = 0; o < items * volume(w.out); ++o)
    for (std::int64_t c = 0; c < w.channels; ++c) {
      const Triple out = position_of(o % volume(w.out), w.out);
      double largest = -std::numeric_limits<double>::infinity(), sum = 0;
      int count = 0;
      for (std::int64_t k = 0; k < volume(w.kernel); ++k) {
        const Triple tap = position_of(k, w.kernel);
        Triple in;
        bool inside = true;
        for (std::size_t a = 0; a < 3; ++a) {
          in[a] = out[a] * w.stride[a] - w.before[a] + tap[a];
          inside = inside && in[a] >= 0 && in[a] < w.in[a];
        }
        if (!inside) continue;
        const std::int64_t at = (in[0] * w.in[1] + in[1]) * w.in[2] + in[2];
        const auto v = static_cast<double>(x[(o / volume(w.out) * volume(w.in) + at) * w.channels + c]);
        largest = std::max(largest, v);
        sum += v;
        ++count;
      }
      pools.largest.push_back(largest);
      pools.mean.push_back(sum / count);
    }
  return pools;
}

}  // namespace

TEST_CASE("pools agree with their definitions, on any number of threads") {
  ThreadPool one(1), four(4);
  for (const std::int64_t kernel : {1, 2, 3})
    for (const std::int64_t stride : {1, 2, 3})
      for (const std::int64_t before : {0, 1}) {
        if (before >= kernel) continue;
        WindowSizes w{{4, 7, 6},           {}, {2, kernel, kernel}, {1, stride, stride}, {1, 1, 1},
                      {1, before, before}, 3};
        for (std::size_t a = 0; a < 3; ++a) w.out[a] = (w.in[a] + w.before[a] - 1) / w.stride[a] + 1;
        const Tensor x = noise({2, 4, 7, 6, 3});
        Tensor largest(Shape{2, w.out[0], w.out[1], w.out[2], 3}), mean(largest.shape()),
            again(largest.shape());
        max_pool(w, 2, x.data(), largest.data(), one);
        average_pool(w, 2, x.data(), mean.data(), one);
        const Pools expected = naive(w, 2, x);
        CHECK(difference(largest, expected.largest) == 0);
        CHECK(difference(mean, expected.mean) < 1e-6);
        average_pool(w, 2, x.data(), again.data(), four);
        CHECK(str(again) == str(mean));
      }
}

// Results of TensorFlow 2.21 for an input of zeros, a window of 2 and stride 1, where the gradient of output
// i is i + 1.
TEST_CASE("the gradient of equal largest values goes to the first, or in volumes to all of them") {
  ThreadPool pool(1);
  const Tensor x(Shape{9}, 0.0F), y(Shape{4}, 0.0F), dy = tensor({4}, {1, 2, 3, 4});
  Tensor dx(Shape{9}, NAN);
  const WindowSizes w{{1, 3, 3}, {1, 2, 2}, {1, 2, 2}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, 1};
  max_pool_vjp_to_first(w, 1, x.data(), y.data(), dy.data(), dx.data(), pool);
  CHECK(str(dx) == "9: 1, 2, 0, 3, 4, 0, 0, 0, 0");
  max_pool_vjp_to_all(w, 1, x.data(), y.data(), dy.data(), dx.data(), pool);
  CHECK(str(dx) == "9: 1, 3, 2, 4, 10, 6, 3, 7, 4");
}

}  // namespace nv::test
