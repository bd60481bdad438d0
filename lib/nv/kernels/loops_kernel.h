// The loops of loops.h for one instruction set, under the rules of product_kernel.h.
#pragma once

#include "nv/kernels/kernel_set.h"

// NOLINTBEGIN(misc-definitions-in-headers): each including file needs its own copy
namespace nv {
namespace {

/// Calls body(lanes, channel, first, last) for windows [first, last) and the channels of a vector `lanes`
/// that starts at `channel`, until all channels of all windows are covered; some are covered twice. If
/// `spills`, vectors may write beyond the channels, into values that the next window overwrites.
template <typename Body>
inline void for_channels(const WindowRun& r, bool spills, const Body& body) {
  constexpr std::int64_t wide = Lanes::count;
  std::int64_t c = 0;
  for (; c + wide <= r.channels; c += wide) body(Lanes{}, c, 0, r.count);
  if (c == r.channels) return;
  if (r.channels >= wide) return body(Lanes{}, r.channels - wide, 0, r.count);
  std::int64_t first = 0;
  if (spills && 2 * r.channels >= wide) {
    first = r.count - 1;
    body(Lanes{}, 0, 0, first);
  }
  if (r.channels < Four::count) {
    for (; c < r.channels; ++c) body(One{}, c, first, r.count);
    return;
  }
  for (; c + Four::count <= r.channels; c += Four::count) body(Four{}, c, first, r.count);
  if (c < r.channels) body(Four{}, r.channels - Four::count, first, r.count);
}

template <typename L>
inline typename L::Vector largest_of(const float* at, const std::int64_t* offsets, std::int64_t values) {
  typename L::Vector best = L::all(-__builtin_inff());
  typename L::Mask nan = L::nan(best, best);
  std::int64_t k = 0;
  for (; k + 2 <= values; k += 2) {
    const auto a = L::load(at + offsets[k]), b = L::load(at + offsets[k + 1]);
    nan = L::either(nan, L::nan(a, b));
    best = L::larger(b, L::larger(a, best));
  }
  if (k < values) {
    const auto a = L::load(at + offsets[k]);
    nan = L::either(nan, L::nan(a, a));
    best = L::larger(a, best);
  }
  return L::choose(nan, L::all(__builtin_nanf("")), best);
}

void max_pool_run(const WindowRun& r, const float* in, float* out) {
  for_channels(r, true, [&](auto lanes, std::int64_t c, std::int64_t first, std::int64_t last) {
    using L = decltype(lanes);
    const float* at = in + first * r.step + c;
    float* to = out + first * r.channels + c;
    if (r.values == 4) {
      const std::int64_t offsets[4] = {r.offsets[0], r.offsets[1], r.offsets[2], r.offsets[3]};
      for (; first < last; ++first, at += r.step, to += r.channels)
        L::store(largest_of<L>(at, offsets, 4), to);
    } else {
      for (; first < last; ++first, at += r.step, to += r.channels)
        L::store(largest_of<L>(at, r.offsets, r.values), to);
    }
  });
}

void average_pool_run(const WindowRun& r, float share, const float* in, float* out) {
  for_channels(r, true, [&](auto lanes, std::int64_t c, std::int64_t first, std::int64_t last) {
    using L = decltype(lanes);
    const float* at = in + first * r.step + c;
    float* to = out + first * r.channels + c;
    for (; first < last; ++first, at += r.step, to += r.channels) {
      typename L::Vector sum = L::zero();
      for (std::int64_t k = 0; k < r.values; ++k) sum = L::add(sum, L::load(at + r.offsets[k]));
      L::store(L::multiply(sum, L::all(share)), to);
    }
  });
}

/// Finished sums of depthwise windows.
template <typename L>
inline void put_depthwise(typename L::Vector sum, const float* biases, bool relu, float* to) {
  if (biases != nullptr) sum = L::add(sum, L::load(biases));
  L::store(relu ? L::larger(L::zero(), sum) : sum, to);
}

/// Windows of `Values` taps, or of r.values for 0, whose kernel then is not kept in registers.
template <typename L, int Values>
inline void depthwise_windows(const WindowRun& r, const float* kernel, const float* biases, bool relu,
                              const float* at, float* to, std::int64_t count) {
  typename L::Vector taps[Values > 0 ? Values : 1];
  for (int k = 0; k < Values; ++k) taps[k] = L::load(kernel + r.taps[k]);
  for (; count > 0; --count, at += r.step, to += r.channels) {
    typename L::Vector sum = L::zero();
    if constexpr (Values > 0)
      for (int k = 0; k < Values; ++k) sum = L::add(sum, L::multiply(taps[k], L::load(at + r.offsets[k])));
    else
      for (std::int64_t k = 0; k < r.values; ++k)
        sum = L::add(sum, L::multiply(L::load(kernel + r.taps[k]), L::load(at + r.offsets[k])));
    put_depthwise<L>(sum, biases, relu, to);
  }
}

/// `Windows` adjacent windows of Size x Size taps, Stride positions apart, for the channels of one vector:
/// each column is loaded once. Sums are in the order of depthwise_windows.
template <int Size, int Stride, int Windows>
inline void depthwise_square(const WindowRun& r, const float* kernel, const float* biases, bool relu,
                             const float* at, float* to) {
  using L = Lanes;
  L::Vector sums[Windows];
  for (int w = 0; w < Windows; ++w) sums[w] = L::zero();
  for (int y = 0; y < Size; ++y) {
    L::Vector taps[Size];
    for (int x = 0; x < Size; ++x) taps[x] = L::load(kernel + (y * Size + x) * r.channels);
    const float* column = at + r.offsets[y * Size];
    for (int x = 0; x < (Windows - 1) * Stride + Size; ++x, column += r.channels) {
      const auto value = L::load(column);
      for (int w = 0; w < Windows; ++w)
        if (x >= w * Stride && x < w * Stride + Size)
          sums[w] = L::add(sums[w], L::multiply(taps[x - w * Stride], value));
    }
  }
  for (int w = 0; w < Windows; ++w) put_depthwise<L>(sums[w], biases, relu, to + w * r.channels);
}

/// All channels of the windows, a few windows at a time.
template <int Size, int Stride>
inline void depthwise_squares(const WindowRun& r, const float* kernel, const float* biases, bool relu,
                              const float* in, float* out) {
  constexpr int some = 4;
  constexpr std::int64_t floats_of_a_cache_line = 16;
  const auto channels = [&](const auto& body) {
    for (std::int64_t c = 0; c + Lanes::count < r.channels; c += Lanes::count) body(c);
    body(r.channels - Lanes::count);
  };
  // Of the rows that the line of windows above has not read, what comes two steps later.
  const auto fetch = [&](std::int64_t window) {
    for (int y = Size - Stride; y < Size; ++y) {
      const float* const row = in + window * r.step + r.offsets[y * Size];
      for (std::int64_t i = 0; i < some * r.step; i += floats_of_a_cache_line) __builtin_prefetch(row + i);
    }
  };
  std::int64_t w = 0;
  for (; w + some <= r.count; w += some) {
    fetch(w + 2 * some);
    channels([&](std::int64_t c) {
      depthwise_square<Size, Stride, some>(r, kernel + c, biases == nullptr ? nullptr : biases + c, relu,
                                           in + w * r.step + c, out + w * r.channels + c);
    });
  }
  for (; w < r.count; ++w)
    channels([&](std::int64_t c) {
      depthwise_square<Size, Stride, 1>(r, kernel + c, biases == nullptr ? nullptr : biases + c, relu,
                                        in + w * r.step + c, out + w * r.channels + c);
    });
}

/// Whether windows have all of their size x size taps, without dilation.
inline bool is_square(const WindowRun& r, std::int64_t size) {
  if (r.values != size * size) return false;
  for (std::int64_t k = 0; k < r.values; ++k)
    if (r.taps[k] != k * r.channels || r.offsets[k] != r.offsets[k / size * size] + k % size * r.channels)
      return false;
  return true;
}

void depthwise_run(const WindowRun& r, const float* kernel, const float* biases, bool relu, const float* in,
                   float* out) {
  const std::int64_t stride = r.step / r.channels;
  if (r.channels >= Lanes::count && stride <= 2 && is_square(r, 3))
    return (stride == 1 ? depthwise_squares<3, 1> : depthwise_squares<3, 2>)(r, kernel, biases, relu, in,
                                                                             out);
  if (r.channels >= Lanes::count && stride <= 2 && is_square(r, 5))
    return (stride == 1 ? depthwise_squares<5, 1> : depthwise_squares<5, 2>)(r, kernel, biases, relu, in,
                                                                             out);
  for_channels(r, false, [&](auto lanes, std::int64_t c, std::int64_t first, std::int64_t last) {
    using L = decltype(lanes);
    const auto windows = r.values == 9   ? depthwise_windows<L, 9>
                         : r.values == 6 ? depthwise_windows<L, 6>
                         : r.values == 4 ? depthwise_windows<L, 4>
                                         : depthwise_windows<L, 0>;
    windows(r, kernel + c, biases == nullptr ? nullptr : biases + c, relu, in + first * r.step + c,
            out + first * r.channels + c, last - first);
  });
}

template <typename L>
inline void give_to_first(const float* at, const std::int64_t* offsets, std::int64_t values,
                          typename L::Vector y, typename L::Vector d, float* to) {
  typename L::Mask given = L::without(L::nan(y, y), L::nan(y, y));
  for (std::int64_t k = 0; k < values; ++k) {
    const auto x = L::load(at + offsets[k]);
    const auto is_first = L::without(L::either(L::equal(x, y), L::nan(x, x)), given);
    L::store(L::choose(is_first, d, L::zero()), to + offsets[k]);
    given = L::either(given, is_first);
  }
}

void max_pool_vjp_run(const WindowRun& r, const float* in, const float* out, const float* d_out,
                      float* d_in) {
  for_channels(r, r.tight, [&](auto lanes, std::int64_t c, std::int64_t first, std::int64_t last) {
    using L = decltype(lanes);
    const float *at = in + first * r.step + c, *y = out + first * r.channels + c,
                *d = d_out + first * r.channels + c;
    float* to = d_in + first * r.step + c;
    const auto all = [&](const std::int64_t* offsets, std::int64_t values) {
      for (; first < last; ++first, at += r.step, to += r.step, y += r.channels, d += r.channels)
        give_to_first<L>(at, offsets, values, L::load(y), L::load(d), to);
    };
    if (r.values == 4) {
      const std::int64_t four[4] = {r.offsets[0], r.offsets[1], r.offsets[2], r.offsets[3]};
      all(four, 4);
    } else {
      all(r.offsets, r.values);
    }
  });
}

/// Stores the columns of the rows `a` to `d`, per group of four values.
template <typename L, typename Store>
inline void transpose_fours(typename L::Vector a, typename L::Vector b, typename L::Vector c,
                            typename L::Vector d, const Store& store) {
  const auto ab = L::mix_low(a, b), ab2 = L::mix_high(a, b), cd = L::mix_low(c, d), cd2 = L::mix_high(c, d);
  store(0, L::low_halves(ab, cd));
  store(1, L::high_halves(ab, cd));
  store(2, L::low_halves(ab2, cd2));
  store(3, L::high_halves(ab2, cd2));
}

/// Calls body(i, j) for blocks that cover the matrix; the last ones may overlap those before.
template <typename Body>
inline void for_blocks(std::int64_t rows, std::int64_t block_rows, std::int64_t columns,
                       std::int64_t block_columns, const Body& body) {
  for (std::int64_t i = 0; i < rows; i += block_rows)
    for (std::int64_t j = 0; j < columns; j += block_columns)
      body(i < rows - block_rows ? i : rows - block_rows,
           j < columns - block_columns ? j : columns - block_columns);
}

/// In blocks of four columns and L::count rows.
template <typename L, bool Biases>
inline void transpose_tall(std::int64_t rows, std::int64_t columns, const float* from,
                           std::int64_t from_stride, float* to, std::int64_t to_stride, const float* biases,
                           float least) {
  for_blocks(rows, L::count, columns, 4, [&](std::int64_t i, std::int64_t j) {
    const float* const at = from + i * from_stride + j;
    const auto row = [&](std::int64_t r) { return L::load_fours(at + r * from_stride, 4 * from_stride); };
    transpose_fours<L>(row(0), row(1), row(2), row(3), [&](std::int64_t column, typename L::Vector v) {
      if (Biases) v = L::larger(L::all(least), L::add(v, L::load(biases + i)));
      L::store(v, to + (j + column) * to_stride + i);
    });
  });
}

/// In blocks of four rows and L::count columns.
template <typename L, bool Biases>
inline void transpose_wide(std::int64_t rows, std::int64_t columns, const float* from,
                           std::int64_t from_stride, float* to, std::int64_t to_stride, const float* biases,
                           float least) {
  for_blocks(rows, 4, columns, L::count, [&](std::int64_t i, std::int64_t j) {
    const float* const at = from + i * from_stride + j;
    const auto row = [&](std::int64_t r) { return L::load(at + r * from_stride); };
    transpose_fours<L>(row(0), row(1), row(2), row(3), [&](std::int64_t column, typename L::Vector v) {
      if (Biases) v = L::larger(L::all(least), L::add(v, L::load_fours(biases + i, 0)));
      L::store_fours(v, to + (j + column) * to_stride + i, 4 * to_stride);
    });
  });
}

template <bool Biases>
inline void transpose_all(std::int64_t rows, std::int64_t columns, const float* from,
                          std::int64_t from_stride, float* to, std::int64_t to_stride, const float* biases,
                          float least) {
  if (rows >= Lanes::count && columns >= 4)
    return transpose_tall<Lanes, Biases>(rows, columns, from, from_stride, to, to_stride, biases, least);
  if (rows >= 4 && columns >= Lanes::count)
    return transpose_wide<Lanes, Biases>(rows, columns, from, from_stride, to, to_stride, biases, least);
  if (rows >= 4 && columns >= 4)
    return transpose_wide<Four, Biases>(rows, columns, from, from_stride, to, to_stride, biases, least);
  for (std::int64_t i = 0; i < rows; ++i)
    for (std::int64_t j = 0; j < columns; ++j) {
      float x = from[i * from_stride + j];
      if (Biases) x = One::larger(least, x + biases[i]);
      to[j * to_stride + i] = x;
    }
}

void transpose_rows(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t from_stride,
                    float* to, std::int64_t to_stride, const float* biases, bool relu) {
  if (biases == nullptr)
    return transpose_all<false>(rows, columns, from, from_stride, to, to_stride, nullptr, 0);
  // Without relu the lower limit is minus infinity.
  transpose_all<true>(rows, columns, from, from_stride, to, to_stride, biases, relu ? 0 : -__builtin_inff());
}

/// Calls body(lanes, i) for all of `count` values: those of a vector `lanes` that starts at i.
template <typename Body>
inline void for_values(std::int64_t count, const Body& body) {
  std::int64_t i = 0;
  for (; i + Lanes::count <= count; i += Lanes::count) body(Lanes{}, i);
  for (; i < count; ++i) body(One{}, i);
}

void scale_rows(std::int64_t rows, std::int64_t channels, const float* factors, const float* offsets,
                const float* in, float* out) {
  for (std::int64_t r = 0; r < rows; ++r, in += channels, out += channels)
    for_values(channels, [&](auto lanes, std::int64_t i) {
      using L = decltype(lanes);
      L::store(L::add(L::multiply(L::load(in + i), L::load(factors + i)), L::load(offsets + i)), out + i);
    });
}

void sum_values(std::int64_t count, const float* a, const float* b, float* out) {
  for_values(count, [&](auto lanes, std::int64_t i) {
    using L = decltype(lanes);
    L::store(L::add(L::load(a + i), L::load(b + i)), out + i);
  });
}

void add_values(std::int64_t count, const float* more, float* values) {
  for_values(count, [&](auto lanes, std::int64_t i) {
    using L = decltype(lanes);
    L::store(L::add(L::load(values + i), L::load(more + i)), values + i);
  });
}

void add_relu_values(std::int64_t count, const float* more, float* values) {
  for_values(count, [&](auto lanes, std::int64_t i) {
    using L = decltype(lanes);
    L::store(L::larger(L::zero(), L::add(L::load(values + i), L::load(more + i))), values + i);
  });
}

void clamp_values(std::int64_t count, float most, const float* in, float* out) {
  for_values(count, [&](auto lanes, std::int64_t i) {
    using L = decltype(lanes);
    L::store(L::smaller(L::all(most), L::larger(L::zero(), L::load(in + i))), out + i);
  });
}

void stream_values(std::int64_t count, const float* from, float* to) {
  std::int64_t i = 0;
  for (; i < count && reinterpret_cast<std::uintptr_t>(to + i) % (sizeof(float) * Lanes::count) != 0; ++i)
    to[i] = from[i];
  for (; i + Lanes::count <= count; i += Lanes::count) Lanes::stream(Lanes::load(from + i), to + i);
  for (; i < count; ++i) to[i] = from[i];
}

void relu_vjp_values(std::int64_t count, const float* out, const float* d_out, float* d_in) {
  for_values(count, [&](auto lanes, std::int64_t i) {
    using L = decltype(lanes);
    const auto passes = L::choose(L::above(L::load(out + i), L::zero()), L::all(1), L::zero());
    L::store(L::multiply(L::load(d_out + i), passes), d_in + i);
  });
}

template <bool Single>
inline NormSums norms_of(std::int64_t count, const float* a, const float* b) {
  NormSums n;
  Lanes::Half absolute{}, absolute2{}, squares{}, squares2{};
  Lanes::Vector largest = Lanes::zero();
  std::int64_t i = 0;
  for (; i + Lanes::count <= count; i += Lanes::count) {
    Lanes::Vector x = Lanes::load(a + i);
    if (!Single) x = Lanes::add(x, Lanes::negative(Lanes::load(b + i)));
    x = Lanes::larger(x, Lanes::negative(x));
    n.nonzero += __builtin_popcount(Lanes::not_zero(x));
    largest = Lanes::larger(x, largest);
    const Lanes::Half low = Lanes::widen_low(x), high = Lanes::widen_high(x);
    absolute += low;
    absolute2 += high;
    squares += low * low;
    squares2 += high * high;
  }
  absolute += absolute2;
  squares += squares2;
  float most[Lanes::count];
  Lanes::store(largest, most);
  for (std::int64_t k = 0; k < Lanes::count; ++k) {
    n.largest = most[k] > n.largest ? most[k] : n.largest;
    if (k >= Lanes::count / 2) continue;
    n.absolute += absolute[k];
    n.squares += squares[k];
  }
  for (; i < count; ++i) {
    const float x = Single ? a[i] : a[i] - b[i], size = x < 0 ? -x : x;
    const auto wide = static_cast<double>(size);
    n.nonzero += x != 0 ? 1 : 0;
    n.largest = size > n.largest ? size : n.largest;
    n.absolute += wide;
    n.squares += wide * wide;
  }
  return n;
}

NormSums norms_of_values(std::int64_t count, const float* a, const float* b) {
  return b == nullptr ? norms_of<true>(count, a, b) : norms_of<false>(count, a, b);
}

constexpr LoopSet make_loop_set() {
  return {max_pool_run,  average_pool_run, depthwise_run,  max_pool_vjp_run, transpose_rows,
          scale_rows,    sum_values,       add_values,     add_relu_values,  clamp_values,
          stream_values, relu_vjp_values,  norms_of_values};
}

}  // namespace
}  // namespace nv
// NOLINTEND(misc-definitions-in-headers)
