#include "nv/kernels/convolution.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>

#include "layers/support.h"

namespace nv::test {

// layers/spatial/convolution_test.cpp compares values with the definition; these tests are of what the layer
// hides.

TEST_CASE("the epilogue is applied to each output value once, in whole positions") {
  ThreadPool pool(3);
  for (const std::int64_t size : {1, 40}) {
    const WindowSizes w{{1, size, size}, {1, size, size}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}, 2};
    const Tensor x = noise({2, size, size, 2}), kernel = noise({3, 3, 2, 5}), depthwise = noise({3, 3, 2, 1});
    Tensor y(Shape{2, size, size, 5}), z(Shape{2, size, size, 2});
    std::atomic<std::int64_t> seen = 0, odd = 0;
    const auto count = [&](std::int64_t channels) {
      return Epilogue{{}, false, [&, channels](std::span<float> values) {
                        seen += static_cast<std::int64_t>(values.size());
                        odd += static_cast<std::int64_t>(values.size()) % channels;
                      }};
    };
    convolve(w, {kernel, 1}, 2, x.data(), y.data(), count(5), pool, Accuracy::exact);
    CHECK(seen == y.size());
    seen = 0;
    convolve_depthwise(w, 1, 2, x.data(), depthwise.data(), z.data(), count(2), pool);
    CHECK(seen == z.size());
    CHECK(odd == 0);
  }
}

TEST_CASE("biases and ReLU are applied alike on every code path") {
  ThreadPool pool(1);
  // Planes, panels of whole and partial vectors, several blocks of the depth, and depthwise.
  for (const std::int64_t filters : {1, 3, 6, 7, 8, 16, 19, 40})
    for (const std::int64_t channels : {2, 40}) {
      CAPTURE(filters);
      CAPTURE(channels);
      const WindowSizes w{{1, 9, 11}, {1, 9, 11}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}, channels};
      const Tensor x = noise({99, channels}), kernel = noise({9, channels, filters}, 2);
      const Tensor biases = noise({filters + 16}, 3);
      const std::span<const float> each = biases.values().first(static_cast<std::size_t>(filters));
      Tensor plain(Shape{99, filters}), y(plain.shape(), NAN), z(plain.shape(), NAN);
      convolve(w, {kernel, 1}, 1, x.data(), plain.data(), {}, pool, Accuracy::exact);
      convolve(w, {kernel, 1}, 1, x.data(), y.data(), {each, false, {}}, pool, Accuracy::exact);
      convolve(w, {kernel, 1}, 1, x.data(), z.data(), {each, true, {}}, pool, Accuracy::exact);
      bool negative = false;
      for (std::int64_t i = 0; i < plain.size(); ++i) {
        const float expected = plain[i] + biases[i % filters];
        if (y[i] != expected || z[i] != std::max(expected, 0.0F)) FAIL(i);
        negative = negative || expected < 0;
      }
      CHECK(negative);
    }
  const WindowSizes w{{1, 9, 11}, {1, 9, 11}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 1, 1}, 5};
  const Tensor x = noise({99, 5}), kernel = noise({9, 5}, 2), biases = noise({5 + 16}, 3);
  Tensor plain(Shape{99, 5}), y(plain.shape(), NAN);
  convolve_depthwise(w, 1, 1, x.data(), kernel.data(), plain.data(), {}, pool);
  convolve_depthwise(w, 1, 1, x.data(), kernel.data(), y.data(), {biases.values().first(5), true, {}}, pool);
  for (std::int64_t i = 0; i < plain.size(); ++i)
    if (y[i] != std::max(plain[i] + biases[i % 5], 0.0F)) FAIL(i);
}

TEST_CASE("a convolution needs no epilogue, and replaces what the output held") {
  ThreadPool pool(1);
  const WindowSizes w{{1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, 1};
  const Tensor x = tensor({1, 1, 1, 1}, {2}), kernel = tensor({1, 1, 1, 1}, {3});
  Tensor y(Shape{1, 1, 1, 1}, NAN), z(Shape{1, 1, 1, 1}, NAN);
  convolve(w, {kernel, 1}, 1, x.data(), y.data(), {}, pool, Accuracy::exact);
  convolve_depthwise(w, 1, 1, x.data(), kernel.data(), z.data(), {}, pool);
  CHECK(y[0] == 6.0F);
  CHECK(z[0] == 6.0F);
}

TEST_CASE("an empty batch") {
  ThreadPool pool(1);
  const WindowSizes w{{1, 4, 4}, {1, 2, 2}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, 1};
  bool called = false;
  const Epilogue call{{}, false, [&](std::span<float>) { called = true; }};
  convolve(w, {Tensor(Shape{3, 3, 1, 1}), 1}, 0, nullptr, nullptr, call, pool, Accuracy::exact);
  CHECK_FALSE(called);
}

namespace {

double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  return sum;
}

/// Keeps one value of eight, as ReLU and max pooling do.
void thin_out(Tensor x) {
  for (std::int64_t i = 0; i < x.size(); ++i)
    if (i * 7 % 8 != 3) x[i] = 0;
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
            convolve(w, {k, groups}, 2, x.data(), cx.data(), {}, one, Accuracy::exact);
            convolve_transposed(w, {k, groups}, 2, y.data(), ty.data(), {}, one, Accuracy::exact);
            convolve_transposed(w, {k, groups}, 2, y.data(), again.data(), {}, three, Accuracy::exact);
            CHECK(dot(cx, y) == doctest::Approx(dot(x, ty)).epsilon(1e-5));
            CHECK(std::ranges::equal(ty.values(), again.values()));

            const Tensor z = noise({2, volume(w.out), 8}, 5);
            Tensor cd(z.shape());
            convolve_depthwise(w, 2, 2, x.data(), depthwise.data(), cd.data(), {}, one);
            convolve_depthwise_transposed(w, 2, 2, z.data(), depthwise.data(), ty.data(), three);
            CHECK(dot(cd, z) == doctest::Approx(dot(x, ty)).epsilon(1e-5));
          }
}

TEST_CASE("an image has the same bits alone and in a batch, a filter too, on any number of threads") {
  ThreadPool one(1), three(3);
  // Few channels (planes) and many; boxes of one line, of several, and of parts.
  for (const std::int64_t channels : {1, 3, 6, 20})
    for (const std::int64_t filters : {2, 6, 19})
      for (const Triple& size : {Triple{1, 9, 14}, Triple{1, 3, 400}, Triple{3, 4, 5}, Triple{1, 28, 28}})
        for (const std::int64_t before : {0, 1})
          for (const std::int64_t stride : {1, 2}) {
            const std::int64_t depth = size[0] > 1 ? 2 : 1;
            WindowSizes w{size,    {}, {depth, 3, 3}, {1, stride, stride}, {1, 1, 1}, {0, before, before},
                          channels};
            w.out[0] = size[0] - depth + 1;
            for (std::size_t a = 1; a < 3; ++a) w.out[a] = (size[a] + 2 * before - 3) / stride + 1;
            CAPTURE(channels);
            CAPTURE(filters);
            CAPTURE(size[0]);
            CAPTURE(size[2]);
            CAPTURE(before);
            CAPTURE(stride);
            const Tensor kernel = noise({depth, 3, 3, channels, filters}, 3);
            const Shape in{size[0], size[1], size[2], channels}, out{w.out[0], w.out[1], w.out[2], filters};
            const Tensor x = noise(in.batched(3));
            Tensor d = noise(out.batched(3), 2);
            thin_out(d.item(1));
            Tensor y(d.shape(), NAN), dx(x.shape(), NAN), again(d.shape(), NAN), d_again(x.shape(), NAN);
            convolve(w, {kernel, 1}, 3, x.data(), y.data(), {}, one, Accuracy::exact);
            convolve_transposed(w, {kernel, 1}, 3, d.data(), dx.data(), {}, one, Accuracy::exact);
            for (std::int64_t i = 0; i < 3; ++i) {
              convolve(w, {kernel, 1}, 1, x.item(i).data(), again.item(i).data(), {}, three, Accuracy::exact);
              convolve_transposed(w, {kernel, 1}, 1, d.item(i).data(), d_again.item(i).data(), {}, three,
                                  Accuracy::exact);
            }
            CHECK(std::ranges::equal(y.values(), again.values()));
            CHECK(std::ranges::equal(dx.values(), d_again.values()));
            CHECK(dot(y.item(1), d.item(1)) ==
                  doctest::Approx(dot(x.item(1), dx.item(1))).epsilon(1e-5).scale(10));
            // The kernel of one filter alone.
            Tensor single(Shape{depth, 3, 3, channels, 1}), plane(out.batched(3), NAN);
            for (std::int64_t i = 0; i < single.size(); ++i) single[i] = kernel[i * filters + 1];
            convolve(w, {single, 1}, 3, x.data(), plane.data(), {}, one, Accuracy::exact);
            for (std::int64_t i = 0; i < y.size() / filters; ++i)
              if (plane[i] != doctest::Approx(y[i * filters + 1]).epsilon(1e-4).scale(1)) FAIL(i);
          }
}

TEST_CASE("the transpose of outputs that are mostly zeros is the same map, whatever the windows") {
  ThreadPool one(1), three(3);
  for (const std::int64_t stride : {1, 2, 3})
    for (const std::int64_t dilation : {1, 2})
      for (const std::int64_t channels : {5, 16, 70})
        for (const std::int64_t before : {0, 1}) {
          CAPTURE(stride);
          CAPTURE(dilation);
          CAPTURE(channels);
          CAPTURE(before);
          WindowSizes w{{2, 40, 11},         {},      {2, 3, 4}, {1, stride, stride}, {1, dilation, dilation},
                        {0, before, before}, channels};
          for (std::size_t a = 0; a < 3; ++a)
            w.out[a] = (w.in[a] + w.before[a] - (w.kernel[a] - 1) * w.dilation[a] - 1) / w.stride[a] + 1;
          const std::int64_t filters = 13;
          const Tensor kernel = noise({volume(w.kernel), channels, filters});
          const Tensor x = noise({volume(w.in), channels}, 2);
          Tensor d = noise({volume(w.out), filters}, 3), y(d.shape());
          thin_out(d);
          Tensor dx(x.shape(), NAN), again(x.shape(), NAN), rest(x.shape(), NAN);
          convolve_transposed(w, {kernel, 1}, 1, d.data(), dx.data(), {}, one, Accuracy::exact);
          convolve_transposed(w, {kernel, 1}, 1, d.data(), again.data(), {}, three, Accuracy::exact);
          CHECK(std::ranges::equal(dx.values(), again.values()));
          convolve(w, {kernel, 1}, 1, x.data(), y.data(), {}, one, Accuracy::exact);
          CHECK(dot(y, d) == doctest::Approx(dot(x, dx)).epsilon(1e-5).scale(10));
          // The map is linear: add other outputs, which are dense.
          const Tensor other = noise({volume(w.out), filters}, 4);
          Tensor both = other.clone(), more(x.shape(), NAN);
          for (std::int64_t i = 0; i < both.size(); ++i) both[i] += d[i];
          convolve_transposed(w, {kernel, 1}, 1, both.data(), more.data(), {}, one, Accuracy::exact);
          convolve_transposed(w, {kernel, 1}, 1, other.data(), rest.data(), {}, one, Accuracy::exact);
          for (std::int64_t i = 0; i < dx.size(); ++i)
            if (more[i] - rest[i] != doctest::Approx(dx[i]).epsilon(1e-4).scale(10)) FAIL(i);
        }
}

TEST_CASE("zeros times a weight that is not finite are NaN in the transpose, as in any sum") {
  ThreadPool pool(1);
  const WindowSizes w{{1, 6, 6}, {1, 4, 4}, {1, 3, 3}, {1, 1, 1}, {1, 1, 1}, {0, 0, 0}, 8};
  Tensor kernel = noise({9, 8, 4}), d(Shape{16, 4}, 0.0F), dx(Shape{36, 8});
  d[20] = 1;
  kernel[0] = NAN;
  convolve_transposed(w, {kernel, 1}, 1, d.data(), dx.data(), {}, pool, Accuracy::exact);
  CHECK(dx[0] != dx[0]);
  CHECK(dx[1] == 0);
  kernel[0] = 1;
  d[1] = INFINITY;
  convolve_transposed(w, {kernel, 1}, 1, d.data(), dx.data(), {}, pool, Accuracy::exact);
  CHECK(std::abs(dx[0]) == INFINITY);
}

}  // namespace nv::test
