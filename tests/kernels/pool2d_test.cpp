#include "nv/kernels/pool2d.h"

#include <doctest/doctest.h>

#include <limits>

#include "layers/support.h"

namespace nv::test {

namespace {

struct Pools {
  std::vector<double> largest, mean;
};

/// The definitions, pixel by pixel; what lies outside the image does not count.
Pools naive(const Window2D& w, std::int64_t images, const Tensor& x) {
  Pools pools;
  for (std::int64_t n = 0; n < images; ++n)
    for (std::int64_t y = 0; y < w.out[0]; ++y)
      for (std::int64_t z = 0; z < w.out[1]; ++z)
        for (std::int64_t c = 0; c < w.channels; ++c) {
          double largest = -std::numeric_limits<double>::infinity(), sum = 0;
          int count = 0;
          for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky)
            for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
              const std::int64_t iy = y * w.stride[0] - w.before[0] + ky,
                                 ix = z * w.stride[1] - w.before[1] + kx;
              if (iy < 0 || iy >= w.in[0] || ix < 0 || ix >= w.in[1]) continue;
              const auto v = static_cast<double>(x[((n * w.in[0] + iy) * w.in[1] + ix) * w.channels + c]);
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

TEST_CASE("pools agree with their definitions, at any number of threads") {
  ThreadPool one(1), four(4);
  for (const std::int64_t kernel : {1, 2, 3})
    for (const std::int64_t stride : {1, 2, 3})
      for (const std::int64_t before : {0, 1}) {
        if (before >= kernel) continue;
        Window2D w{{7, 6}, {}, {kernel, kernel}, {stride, stride}, {1, 1}, {before, before}, 3};
        for (std::size_t a = 0; a < 2; ++a) w.out[a] = (w.in[a] + before - 1) / stride + 1;
        const Tensor x = noise({2, 7, 6, 3});
        Tensor largest(Shape{2, w.out[0], w.out[1], 3}), mean(largest.shape()), again(largest.shape());
        max_pool2d(w, 2, x.data(), largest.data(), one);
        average_pool2d(w, 2, x.data(), mean.data(), one);
        const Pools expected = naive(w, 2, x);
        CHECK(difference(largest, expected.largest) == 0);
        CHECK(difference(mean, expected.mean) < 1e-6);
        average_pool2d(w, 2, x.data(), again.data(), four);
        CHECK(str(again) == str(mean));
      }
}

}  // namespace nv::test
