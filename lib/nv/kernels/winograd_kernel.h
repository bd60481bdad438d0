// The transforms of winograd.h for one instruction set, under the rules of product_kernel.h.
#pragma once

#include "nv/kernels/product_kernel.h"

// NOLINTBEGIN(misc-definitions-in-headers): each including file needs its own copy
namespace nv {
namespace {

using WinogradVector = Lanes::Vector;

/// a * b + c for a number b.
inline WinogradVector times_plus(WinogradVector a, float b, WinogradVector c) {
  return Lanes::add_product(Lanes::all(b), a, c);
}

/// F(4 x 4, 3 x 3): matrices B' (six values), G (three values) and A' (six values) of the paper.
struct Tile4 {
  static constexpr int outputs = 4, inputs = 6;

  static void input(const WinogradVector (&d)[6], WinogradVector (&t)[6]) {
    const auto a = times_plus(d[2], -4, d[4]), b = times_plus(d[1], -4, d[3]);
    const auto c = Lanes::subtract(d[4], d[2]), e = Lanes::subtract(d[3], d[1]);
    t[0] = times_plus(d[0], 4, times_plus(d[2], -5, d[4]));
    t[1] = Lanes::add(a, b);
    t[2] = Lanes::subtract(a, b);
    t[3] = times_plus(e, 2, c);
    t[4] = times_plus(e, -2, c);
    t[5] = times_plus(d[1], 4, times_plus(d[3], -5, d[5]));
  }
  static void taps(const WinogradVector (&g)[3], WinogradVector (&t)[6]) {
    const auto ends = Lanes::multiply(Lanes::add(g[0], g[2]), Lanes::all(-1.0F / 6));
    const auto far = times_plus(g[2], 1.0F / 6, Lanes::multiply(g[0], Lanes::all(1.0F / 24)));
    t[0] = Lanes::multiply(g[0], Lanes::all(0.25F));
    t[1] = times_plus(g[1], -1.0F / 6, ends);
    t[2] = times_plus(g[1], 1.0F / 6, ends);
    t[3] = times_plus(g[1], 1.0F / 12, far);
    t[4] = times_plus(g[1], -1.0F / 12, far);
    t[5] = g[2];
  }
  static void output(const WinogradVector (&m)[6], WinogradVector (&y)[4]) {
    const auto s1 = Lanes::add(m[1], m[2]), s2 = Lanes::subtract(m[1], m[2]);
    const auto s3 = Lanes::add(m[3], m[4]), s4 = Lanes::subtract(m[3], m[4]);
    y[0] = Lanes::add(Lanes::add(m[0], s1), s3);
    y[1] = times_plus(s4, 2, s2);
    y[2] = times_plus(s3, 4, s1);
    y[3] = Lanes::add(times_plus(s4, 8, s2), m[5]);
  }
};

/// F(2 x 2, 3 x 3).
struct Tile2 {
  static constexpr int outputs = 2, inputs = 4;

  static void input(const WinogradVector (&d)[4], WinogradVector (&t)[4]) {
    t[0] = Lanes::subtract(d[0], d[2]);
    t[1] = Lanes::add(d[1], d[2]);
    t[2] = Lanes::subtract(d[2], d[1]);
    t[3] = Lanes::subtract(d[1], d[3]);
  }
  static void taps(const WinogradVector (&g)[3], WinogradVector (&t)[4]) {
    const auto ends = Lanes::multiply(Lanes::add(g[0], g[2]), Lanes::all(0.5F));
    t[0] = g[0];
    t[1] = times_plus(g[1], 0.5F, ends);
    t[2] = times_plus(g[1], -0.5F, ends);
    t[3] = g[2];
  }
  static void output(const WinogradVector (&m)[4], WinogradVector (&y)[2]) {
    y[0] = Lanes::add(Lanes::add(m[0], m[1]), m[2]);
    y[1] = Lanes::subtract(Lanes::subtract(m[1], m[2]), m[3]);
  }
};

/// Calls body(load, store, channel) for vectors of channels; `load` and `store` take a pointer to the channel
/// and, at the end, touch only the channels that are there.
template <typename Body>
inline void for_channel_vectors(std::int64_t channels, const Body& body) {
  std::int64_t c = 0;
  for (; c + Lanes::count <= channels; c += Lanes::count)
    body([](const float* from) { return Lanes::load(from); },
         [](WinogradVector v, float* to) { Lanes::store(v, to); }, c);
  if (c == channels) return;
  const std::int64_t count = channels - c;
  body([count](const float* from) { return Lanes::load_part(from, count); },
       [count](WinogradVector v, float* to) { Lanes::store_part(v, count, to); }, c);
}

template <typename T>
void winograd_input(const float* x, std::int64_t row_step, std::int64_t column_step, std::int64_t channels,
                    float* v, std::int64_t plane_step) {
  constexpr int n = T::inputs;
  for_channel_vectors(channels, [&](auto load, auto store, std::int64_t c) {
    WinogradVector half[n][n];
    for (int j = 0; j < n; ++j) {
      WinogradVector d[n], t[n];
      for (int i = 0; i < n; ++i) d[i] = load(x + i * row_step + j * column_step + c);
      T::input(d, t);
      for (int i = 0; i < n; ++i) half[i][j] = t[i];
    }
    for (int i = 0; i < n; ++i) {
      WinogradVector t[n];
      T::input(half[i], t);
      for (int j = 0; j < n; ++j) store(t[j], v + (i * n + j) * plane_step + c);
    }
  });
}

template <typename T>
void winograd_taps(const float* g, std::int64_t tap_step, std::int64_t filters, float* u,
                   std::int64_t plane_step) {
  constexpr int n = T::inputs;
  for_channel_vectors(filters, [&](auto load, auto store, std::int64_t f) {
    WinogradVector half[n][3];
    for (int j = 0; j < 3; ++j) {
      WinogradVector taps[3], t[n];
      for (int i = 0; i < 3; ++i) taps[i] = load(g + (i * 3 + j) * tap_step + f);
      T::taps(taps, t);
      for (int i = 0; i < n; ++i) half[i][j] = t[i];
    }
    for (int i = 0; i < n; ++i) {
      WinogradVector t[n];
      T::taps(half[i], t);
      for (int j = 0; j < n; ++j) store(t[j], u + (i * n + j) * plane_step + f);
    }
  });
}

template <typename T>
bool winograd_output(const float* m, std::int64_t plane_step, std::int64_t filters, const float* biases,
                     bool relu, const WinogradTile& to) {
  constexpr int n = T::inputs;
  WinogradVector flaw = Lanes::zero();  // NaN if any sum is infinite or NaN
  for_channel_vectors(filters, [&](auto load, auto store, std::int64_t f) {
    WinogradVector half[T::outputs][n];
    for (int j = 0; j < n; ++j) {
      WinogradVector s[n], y[T::outputs];
      for (int i = 0; i < n; ++i) s[i] = load(m + (i * n + j) * plane_step + f);
      T::output(s, y);
      for (int i = 0; i < T::outputs; ++i) half[i][j] = y[i];
    }
    for (std::int64_t i = 0; i < to.rows; ++i) {
      WinogradVector y[T::outputs];
      T::output(half[i], y);
      for (std::int64_t j = 0; j < to.columns; ++j) {
        flaw = Lanes::add_product(y[j], Lanes::zero(), flaw);
        if (biases != nullptr) y[j] = Lanes::add(y[j], load(biases + f));
        if (relu) y[j] = Lanes::larger(Lanes::zero(), y[j]);
        store(y[j], to.data + i * to.row_step + j * to.column_step + f);
      }
    }
  });
  return Lanes::not_zero(flaw) == 0;
}

template <typename T>
constexpr WinogradTransforms make_transforms() {
  return {winograd_input<T>, winograd_taps<T>, winograd_output<T>};
}

constexpr WinogradSet make_winograd_set() {
  return {make_transforms<Tile2>(), make_transforms<Tile4>()};
}

}  // namespace
}  // namespace nv
// NOLINTEND(misc-definitions-in-headers)
