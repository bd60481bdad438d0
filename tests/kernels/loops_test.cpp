#include "nv/kernels/loops.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <tuple>
#include <vector>

#include "layers/support.h"
#include "nv/kernels/kernel_set.h"

namespace nv::test {

namespace {

bool same(float a, float b) {
  return a == b || (a != a && b != b);
}

/// Numbers of channels below, at and above those of vectors.
constexpr std::int64_t channel_counts[] = {1, 3, 4, 5, 6, 7, 8, 9, 12, 16, 19};

/// Windows of `rows` x `columns` values in lines of `line` positions.
std::vector<std::int64_t> offsets_of(std::int64_t rows, std::int64_t columns, std::int64_t line,
                                     std::int64_t channels) {
  std::vector<std::int64_t> offsets;
  for (std::int64_t y = 0; y < rows; ++y)
    for (std::int64_t x = 0; x < columns; ++x) offsets.push_back((y * line + x) * channels);
  return offsets;
}

}  // namespace

TEST_CASE("every instruction set pools windows per channel, and writes nothing after them") {
  constexpr std::int64_t windows = 5, line = 20, behind = 16;
  for (const KernelSet& set : kernel_sets())
    for (const std::int64_t channels : channel_counts)
      for (const std::int64_t columns : {1, 2, 3})
        for (const std::int64_t stride : {1, 2, 3}) {
          CAPTURE(set.name);
          CAPTURE(channels);
          CAPTURE(columns);
          CAPTURE(stride);
          const std::vector<std::int64_t> offsets = offsets_of(2, columns, line, channels);
          const WindowRun run{windows,          channels, stride * channels,
                              offsets.data(),   nullptr,  static_cast<std::int64_t>(offsets.size()),
                              columns == stride};
          // Exactly as much as is read, for the sanitizer; ties, negative numbers and a NaN.
          const std::int64_t size = offsets.back() + ((windows - 1) * stride + 1) * channels;
          const Tensor numbers = noise({size});
          std::vector<float> in(numbers.values().begin(), numbers.values().end());
          for (float& x : in) x = std::round(x * 4) / 4 - 0.5F;
          if (channels > 4) in[static_cast<std::size_t>(offsets[1] + 2 * run.step + 1)] = NAN;
          Tensor largest(Shape{windows * channels + behind}, 7.0F), mean(largest.shape(), 7.0F);
          set.loops.max_pool(run, in.data(), largest.data());
          set.loops.average_pool(run, 0.25F, in.data(), mean.data());
          Tensor expected(Shape{size + behind}, 7.0F), d_in(expected.shape(), 7.0F);
          const Tensor d = noise({windows * channels}, 2);
          for (std::int64_t w = 0; w < windows; ++w)
            for (std::int64_t c = 0; c < channels; ++c) {
              const float* const at = in.data() + w * run.step + c;
              float most = -INFINITY, sum = 0;
              std::size_t first = 0;
              for (std::size_t k = 0; k < offsets.size(); ++k) {
                const float x = at[offsets[k]];
                sum += x;
                if (x > most || (x != x && most == most)) most = x, first = k;
              }
              if (!same(largest[w * channels + c], most)) FAIL(w, " ", c);
              if (!same(mean[w * channels + c], sum * 0.25F)) FAIL(w, " ", c);
              for (std::size_t k = 0; k < offsets.size(); ++k)
                expected[w * run.step + c + offsets[k]] = k == first ? d[w * channels + c] : 0;
            }
          for (std::int64_t i = windows * channels; i < largest.size(); ++i)
            if (largest[i] != 7 || mean[i] != 7) FAIL(i);
          if (columns > stride) continue;  // the gradient is for windows that do not overlap
          set.loops.max_pool_vjp(run, in.data(), largest.data(), d.data(), d_in.data());
          for (std::int64_t i = 0; i < expected.size(); ++i)
            if (d_in[i] != expected[i]) FAIL(i);
        }
}

TEST_CASE("every instruction set sums the windows of depthwise convolutions, and writes nothing after them") {
  constexpr std::int64_t windows = 5, line = 20, behind = 16;
  for (const KernelSet& set : kernel_sets())
    for (const std::int64_t channels : channel_counts)
      for (const auto& [rows, columns, stride, ordered] : {std::tuple{3, 3, 1, true},
                                                           {3, 3, 2, true},
                                                           {3, 3, 3, true},
                                                           {3, 3, 2, false},
                                                           {5, 5, 1, true},
                                                           {5, 5, 2, true},
                                                           {5, 5, 2, false},
                                                           {1, 1, 2, true},
                                                           {2, 2, 1, true},
                                                           {2, 3, 2, false}}) {
        CAPTURE(set.name);
        CAPTURE(channels);
        CAPTURE(rows);
        CAPTURE(stride);
        const std::vector<std::int64_t> offsets = offsets_of(rows, columns, line, channels);
        const auto values = static_cast<std::int64_t>(offsets.size());
        std::vector<std::int64_t> taps;
        for (std::int64_t k = 0; k < values; ++k) taps.push_back((ordered ? k : values - 1 - k) * channels);
        const WindowRun run{windows, channels, stride * channels, offsets.data(), taps.data(), values, false};
        const Tensor in = noise({offsets.back() + ((windows - 1) * stride + 1) * channels});
        const Tensor kernel = noise({values * channels}, 2), biases = noise({channels}, 3);
        Tensor plain(Shape{windows * channels + behind}, 7.0F), relu(plain.shape(), 7.0F);
        set.loops.depthwise(run, kernel.data(), nullptr, false, in.data(), plain.data());
        set.loops.depthwise(run, kernel.data(), biases.data(), true, in.data(), relu.data());
        for (std::int64_t w = 0; w < windows; ++w)
          for (std::int64_t c = 0; c < channels; ++c) {
            double sum = 0;
            for (std::size_t k = 0; k < offsets.size(); ++k)
              sum += static_cast<double>(in[w * run.step + c + offsets[k]]) *
                     static_cast<double>(kernel[taps[k] + c]);
            const std::int64_t at = w * channels + c;
            if (plain[at] != doctest::Approx(sum).epsilon(1e-5).scale(1)) FAIL(w, " ", c);
            if (relu[at] != std::max(plain[at] + biases[c], 0.0F)) FAIL(w, " ", c);
          }
        for (std::int64_t i = windows * channels; i < plain.size(); ++i)
          if (plain[i] != 7 || relu[i] != 7) FAIL(i);
      }
}

TEST_CASE("every instruction set scales rows per channel") {
  for (const KernelSet& set : kernel_sets())
    for (const std::int64_t channels : channel_counts) {
      CAPTURE(set.name);
      CAPTURE(channels);
      const Tensor x = noise({3 * channels}), factors = noise({channels}, 2), offsets = noise({channels}, 3);
      Tensor y(Shape{3 * channels + 1}, 7.0F);
      set.loops.scale(3, channels, factors.data(), offsets.data(), x.data(), y.data());
      for (std::int64_t i = 0; i < 3 * channels; ++i)
        if (y[i] != doctest::Approx(x[i] * factors[i % channels] + offsets[i % channels]).epsilon(1e-6))
          FAIL(i);
      CHECK(y[3 * channels] == 7);
    }
}

TEST_CASE("every instruction set transposes, and adds biases") {
  for (const KernelSet& set : kernel_sets())
    for (const std::int64_t rows : {1, 3, 4, 6, 7, 8, 11, 16})
      for (const std::int64_t columns : {1, 3, 4, 5, 8, 9, 14, 28}) {
        CAPTURE(set.name);
        CAPTURE(rows);
        CAPTURE(columns);
        const std::int64_t from_stride = columns + 3, to_stride = rows + 2;
        const Tensor from = noise({rows * from_stride}), biases = noise({rows}, 2);
        Tensor plain(Shape{columns * to_stride}, 7.0F), added(plain.shape(), 7.0F), relu(plain.shape(), 7.0F);
        set.loops.transpose(rows, columns, from.data(), from_stride, plain.data(), to_stride, nullptr, false);
        set.loops.transpose(rows, columns, from.data(), from_stride, added.data(), to_stride, biases.data(),
                            false);
        set.loops.transpose(rows, columns, from.data(), from_stride, relu.data(), to_stride, biases.data(),
                            true);
        for (std::int64_t j = 0; j < columns; ++j)
          for (std::int64_t i = 0; i < to_stride; ++i) {
            const std::int64_t at = j * to_stride + i;
            const float x = i < rows ? from[i * from_stride + j] : 7.0F;
            const float y = i < rows ? x + biases[i] : 7.0F;
            if (plain[at] != x || added[at] != y || relu[at] != std::max(y, 0.0F)) FAIL(i, " ", j);
          }
      }
}

TEST_CASE("every instruction set adds, rectifies and measures, at lengths around a vector's") {
  for (const KernelSet& set : kernel_sets())
    for (const std::int64_t count : {0, 1, 3, 4, 7, 8, 9, 15, 16, 100}) {
      CAPTURE(set.name);
      CAPTURE(count);
      Tensor a = noise({std::max<std::int64_t>(count, 1)});
      const Tensor b = noise(a.shape(), 2);
      if (count > 5) a[5] = b[5];
      Tensor sum = a.clone(), relu = a.clone(), d(a.shape(), NAN);
      set.loops.add(count, b.data(), sum.data());
      set.loops.add_relu(count, b.data(), relu.data());
      set.loops.relu_vjp(count, a.data(), b.data(), d.data());
      Tensor both(a.shape(), NAN), limited(a.shape(), NAN), copy(Shape{a.size() + 1}, NAN);
      set.loops.sum(count, a.data(), b.data(), both.data());
      set.loops.clamp(count, 0.25F, a.data(), limited.data());
      set.loops.stream(count, a.data(), copy.data() + 1);  // not aligned
      std::atomic_thread_fence(std::memory_order_seq_cst);
      double absolute = 0, squares = 0;
      float largest = 0;
      for (std::int64_t i = 0; i < count; ++i) {
        if (sum[i] != a[i] + b[i] || relu[i] != std::max(a[i] + b[i], 0.0F)) FAIL(i);
        if (d[i] != (a[i] > 0 ? b[i] : 0)) FAIL(i);
        if (both[i] != a[i] + b[i] || limited[i] != std::clamp(a[i], 0.0F, 0.25F) || copy[i + 1] != a[i])
          FAIL(i);
        const float x = a[i] - b[i];
        absolute += std::abs(static_cast<double>(x));
        squares += static_cast<double>(x) * static_cast<double>(x);
        largest = std::max(largest, std::abs(x));
      }
      CHECK(std::isnan(copy[0]));
      if (count > 0) {  // NaN stays, and a result may overwrite its argument
        Tensor odd = a.clone();
        odd[0] = NAN;
        set.loops.clamp(count, 0.25F, odd.data(), odd.data());
        CHECK(std::isnan(odd[0]));
        for (std::int64_t i = 1; i < count; ++i) CHECK(odd[i] == limited[i]);
      }
      const NormSums sums = set.loops.norms(count, a.data(), b.data());
      CHECK(sums.nonzero == count - (count > 5 ? 1 : 0));
      CHECK(sums.absolute == doctest::Approx(absolute).epsilon(1e-12));
      CHECK(sums.squares == doctest::Approx(squares).epsilon(1e-12));
      CHECK(sums.largest == largest);
      const Tensor zeros(a.shape(), 0.0F);
      const NormSums alone = set.loops.norms(count, a.data(), nullptr),
                     same_ = set.loops.norms(count, a.data(), zeros.data());
      CHECK(alone.nonzero == same_.nonzero);
      CHECK(alone.absolute == same_.absolute);
      CHECK(alone.squares == same_.squares);
      CHECK(alone.largest == same_.largest);
    }
}

TEST_CASE("every instruction set scatters values that are not 0") {
  constexpr std::int64_t positions = 6, step = 5;
  for (const KernelSet& set : kernel_sets())
    for (const std::int64_t channels : {1, 3, 8, 13, 150})
      for (const std::int64_t vectors : {1, 2, 3, 4, 7, 9, 16}) {
        CAPTURE(set.name);
        CAPTURE(channels);
        CAPTURE(vectors);
        const std::int64_t length = vectors * set.product.lanes;
        const std::vector<std::int64_t> kernel_at{length, 0}, to_at{0, 40 + length};
        const Tensor kernel = noise({channels, 2, length});
        Tensor x = noise({positions, channels}, 2);
        for (std::int64_t i = 0; i < x.size(); ++i)
          if (i % 3 != 0) x[i] = 0;
        Tensor to = noise({to_at[1] + positions * step + length}, 3);
        std::vector<double> expected(to.values().begin(), to.values().end());
        for (std::int64_t p = 0; p < positions; ++p)
          for (std::int64_t c = 0; c < channels; ++c)
            for (std::size_t r = 0; r < 2; ++r)
              for (std::int64_t i = 0; i < length; ++i)
                expected[static_cast<std::size_t>(to_at[r] + p * step + i)] +=
                    static_cast<double>(x[p * channels + c]) *
                    static_cast<double>(kernel[c * 2 * length + kernel_at[r] + i]);
        set.product.scatter({x.data(), positions, channels}, {kernel.data(), 2 * length, length},
                            {to.data(), step}, 2, kernel_at.data(), to_at.data());
        CHECK(difference(to, expected) < 1e-6);
      }
}

}  // namespace nv::test
