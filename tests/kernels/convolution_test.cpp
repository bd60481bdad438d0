#include "nv/kernels/convolution.h"

#include <doctest/doctest.h>

#include <atomic>

#include "layers/support.h"

namespace nv::test {

// The numbers are swept against the definition in layers/convolution_test.cpp; here is what the layer does
// not show.

TEST_CASE("the epilogue sees every output value once, in whole positions") {
  ThreadPool pool(3);
  for (const std::int64_t size : {1, 40}) {
    const WindowSizes w{{1, size, size}, {1, size, size}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}, 2};
    const Tensor x = noise({2, size, size, 2}), kernel = noise({3, 3, 2, 5}), depthwise = noise({3, 3, 2, 1});
    Tensor y(Shape{2, size, size, 5}), z(Shape{2, size, size, 2});
    std::atomic<std::int64_t> seen = 0, odd = 0;
    const auto count = [&](std::int64_t channels) {
      return [&, channels](std::span<float> values) {
        seen += static_cast<std::int64_t>(values.size());
        odd += static_cast<std::int64_t>(values.size()) % channels;
      };
    };
    convolve(w, 5, 1, 2, x.data(), kernel.data(), y.data(), count(5), pool);
    CHECK(seen == y.size());
    seen = 0;
    convolve_depthwise(w, 1, 2, x.data(), depthwise.data(), z.data(), count(2), pool);
    CHECK(seen == z.size());
    CHECK(odd == 0);
  }
}

TEST_CASE("a convolution needs no epilogue, and replaces what the output held") {
  ThreadPool pool(1);
  const WindowSizes w{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, 1};
  const Tensor x = tensor({1, 1, 1, 1}, {2}), kernel = tensor({1, 1, 1, 1}, {3});
  Tensor y(Shape{1, 1, 1, 1}, NAN), z(Shape{1, 1, 1, 1}, NAN);
  convolve(w, 1, 1, 1, x.data(), kernel.data(), y.data(), {}, pool);
  convolve_depthwise(w, 1, 1, x.data(), kernel.data(), z.data(), {}, pool);
  CHECK(y[0] == 6.0F);
  CHECK(z[0] == 6.0F);
}

TEST_CASE("no image, no work") {
  ThreadPool pool(1);
  const WindowSizes w{{1, 4, 4}, {1, 2, 2}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, 1};
  bool called = false;
  convolve(
      w, 1, 1, 0, nullptr, nullptr, nullptr, [&](std::span<float>) { called = true; }, pool);
  CHECK_FALSE(called);
}

namespace {

double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

}  // namespace

TEST_CASE("the transposed convolutions are transposes: dot(convolve(x), y) = dot(x, transposed(y))") {
  ThreadPool one(1), three(3);
  for (const std::int64_t stride : {1, 2, 3})
    for (const std::int64_t dilation : {1, 2})
      for (const std::int64_t kernel : {1, 2, 3})
        for (const std::int64_t before : {0, 1})
          for (const std::int64_t groups : {1, 2}) {
            WindowSizes w{{3, 7, 9},      {}, {2, kernel, kernel}, {1, stride, stride}, {1, dilation, 1},
                          {0, before, 1}, 4};
            for (std::size_t a = 0; a < 3; ++a)
              w.out[a] = (w.in[a] + w.before[a] - (w.kernel[a] - 1) * w.dilation[a] - 1) / w.stride[a] + 1;
            const Tensor x = noise({2, volume(w.in), 4}), k = noise({volume(w.kernel), 4 / groups, 6}, 2);
            const Tensor y = noise({2, volume(w.out), 6}, 3), depthwise = noise({volume(w.kernel), 4, 2}, 4);
            Tensor cx(y.shape()), ty(x.shape(), NAN), again(x.shape(), NAN);
            convolve(w, 6, groups, 2, x.data(), k.data(), cx.data(), {}, one);
            convolve_transposed(w, 6, groups, 2, y.data(), k.data(), ty.data(), {}, one);
            convolve_transposed(w, 6, groups, 2, y.data(), k.data(), again.data(), {}, three);
            CHECK(dot(cx, y) == doctest::Approx(dot(x, ty)).epsilon(1e-5));
            CHECK(std::ranges::equal(ty.values(), again.values()));

            const Tensor z = noise({2, volume(w.out), 8}, 5);
            Tensor cd(z.shape());
            convolve_depthwise(w, 2, 2, x.data(), depthwise.data(), cd.data(), {}, one);
            convolve_depthwise_transposed(w, 2, 2, z.data(), depthwise.data(), ty.data(), three);
            CHECK(dot(cd, z) == doctest::Approx(dot(x, ty)).epsilon(1e-5));
          }
}

}  // namespace nv::test
