#include "nv/kernels/winograd.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "layers/support.h"
#include "nv/kernels/convolution.h"

namespace nv::test {

namespace {

/// Image of height x width, padded by `before` above and to the left and by `after` below and to the right.
WindowSizes sizes(std::int64_t height, std::int64_t width, std::int64_t before, std::int64_t after,
                  std::int64_t channels) {
  WindowSizes w{{1, height, width}, {1, 0, 0},           {1, 3, 3}, {1, 1, 1},
                {1, 1, 1},          {0, before, before}, channels};
  for (std::size_t a = 1; a < 3; ++a) w.out[a] = w.in[a] + before + after - 2;
  return w;
}

/// Largest difference, relative to the largest value of `expected`.
double error(const Tensor& expected, const Tensor& y) {
  double largest = 0, difference = 0;
  for (std::int64_t i = 0; i < y.size(); ++i) {
    largest = std::max<double>(largest, std::abs(expected[i]));
    difference = std::max<double>(difference, std::abs(expected[i] - y[i]));
    if (std::isnan(y[i])) return NAN;
  }
  return difference / largest;
}

}  // namespace

TEST_CASE("Winograd convolution and its transpose agree with the direct product for odd shapes") {
  ThreadPool one(1), three(3);
  for (const std::int64_t channels : {16, 19, 33})
    for (const std::int64_t filters : {16, 21, 40})
      for (const auto& [height, width] : {std::pair{8, 8}, {5, 7}, {13, 30}, {1, 9}, {28, 28}})
        for (const auto& [before, after] : {std::pair{1, 1}, {0, 2}, {2, 0}, {2, 2}}) {
          CAPTURE(channels);
          CAPTURE(filters);
          CAPTURE(height);
          CAPTURE(width);
          CAPTURE(before);
          const WindowSizes w = sizes(height, width, before, after, channels);
          const Tensor x = noise({2, height, width, channels}), k = noise({3, 3, channels, filters}, 2);
          const Tensor biases = noise({filters + 16}, 3);
          const Epilogue epilogue{biases.values().first(static_cast<std::size_t>(filters)), true, {}};
          const Shape out{w.out[1], w.out[2], filters};
          Tensor expected(out.batched(2)), y(out.batched(2), NAN), again(out.batched(2), NAN);
          const ConvolutionKernel kernel(k, 1);
          convolve(w, kernel, 2, x.data(), expected.data(), epilogue, one, Accuracy::exact);
          for (const std::int64_t tile : {2, 4}) {
            CAPTURE(tile);
            const WinogradKernel transformed(k.data(), channels, filters, tile, three);
            CHECK(winograd_convolve(w, transformed, 2, x.data(), y.data(), epilogue, one).empty());
            CHECK(error(expected, y) < (tile == 2 ? 2e-6 : 2e-5));
            for (std::int64_t i = 0; i < 2; ++i)
              (void)winograd_convolve(w, transformed, 1, x.item(i).data(), again.item(i).data(), epilogue,
                                      three);
            CHECK(std::ranges::equal(y.values(), again.values()));
          }

          const Tensor d = noise(out.batched(2), 4);
          Tensor dx(x.shape()), fast(x.shape(), NAN);
          convolve_transposed(w, kernel, 2, d.data(), dx.data(), {}, one, Accuracy::exact);
          convolve_transposed(w, kernel, 2, d.data(), fast.data(), {}, one, Accuracy::standard);
          CHECK(error(dx, fast) < 2e-5);
        }
}

TEST_CASE("a Winograd convolution of no items") {
  ThreadPool pool(2);
  const Tensor k = noise({3, 3, 16, 16});
  CHECK(winograd_convolve(sizes(8, 8, 1, 1, 16), WinogradKernel(k.data(), 16, 16, 4, pool), 0, nullptr,
                          nullptr, {}, pool)
            .empty());
}

TEST_CASE("the tile of a Winograd convolution follows from its sizes") {
  CHECK(winograd_tile(sizes(28, 28, 1, 1, 64), 64) == 4);
  CHECK(winograd_tile(sizes(14, 14, 1, 1, 512), 512) == 4);
  CHECK(winograd_tile(sizes(7, 7, 1, 1, 512), 512) ==
        2);  // four tiles of 4 x 4 are not worth the larger kernel
  CHECK(winograd_tile(sizes(7, 7, 1, 1, 64), 64) == 4);
  CHECK(winograd_tile(sizes(4, 4, 1, 1, 512), 512) == 0);
  CHECK(winograd_tile(sizes(28, 28, 1, 1, 8), 64) == 0);
  WindowSizes strided = sizes(28, 28, 1, 1, 64);
  strided.stride[1] = 2;
  CHECK(winograd_tile(strided, 64) == 0);
}

TEST_CASE("a NaN or an infinity reaches only the outputs that it reaches directly") {
  ThreadPool pool(2);
  const WindowSizes w = sizes(16, 16, 1, 1, 16);
  const Tensor k = noise({3, 3, 16, 16});
  const ConvolutionKernel kernel(k, 1);
  for (const float odd : {NAN, std::numeric_limits<float>::infinity(), 3e38F}) {
    Tensor x = noise({3, 16, 16, 16}, 2);
    x.item(1)[(5 * 16 + 6) * 16] = odd;
    Tensor expected(x.shape()), y(x.shape());
    convolve(w, kernel, 3, x.data(), expected.data(), {}, pool, Accuracy::exact);
    convolve(w, kernel, 3, x.data(), y.data(), {}, pool, Accuracy::standard);
    for (std::int64_t i = 0; i < y.size(); ++i)
      if (std::isfinite(expected[i]) != std::isfinite(y[i])) FAIL(i);
    CHECK(std::ranges::equal(x.item(1).shape(), x.item(0).shape()));
    CHECK(error(expected.item(0), y.item(0)) < 2e-5);
  }
}

TEST_CASE("the epilogue of a Winograd convolution is applied to each output value once, in whole positions") {
  ThreadPool pool(2);
  const WindowSizes w = sizes(9, 11, 1, 1, 16);
  const Tensor x = noise({1, 9, 11, 16}), k = noise({3, 3, 16, 24}, 2);
  Tensor plain(Shape{1, 9, 11, 24}), y(plain.shape());
  std::atomic<std::int64_t> odd = 0;
  const Epilogue twice{{}, false, [&](std::span<float> values) {
                         odd += static_cast<std::int64_t>(values.size()) % 24;
                         for (float& v : values) v *= 2;
                       }};
  for (const std::int64_t tile : {2, 4}) {
    const WinogradKernel kernel(k.data(), 16, 24, tile, pool);
    (void)winograd_convolve(w, kernel, 1, x.data(), plain.data(), {}, pool);
    (void)winograd_convolve(w, kernel, 1, x.data(), y.data(), twice, pool);
    CHECK(odd == 0);
    for (std::int64_t i = 0; i < y.size(); ++i)
      if (y[i] != 2 * plain[i]) FAIL(i);
  }
}

}  // namespace nv::test
