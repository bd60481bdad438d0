// Vectors of four floats and of one, for any CPU, with the operations that kernels use. For the files that
// are compiled for one instruction set each; product_kernel.h says why everything here has internal linkage.
#pragma once

#include <cstdint>

#if defined(__aarch64__)
#include <arm_neon.h>
#endif

// NOLINTBEGIN(misc-definitions-in-headers): each including file needs its own copy
namespace nv {
namespace {

// Sums of products are fused where every CPU of a kind can; else they are two operations: kernels are
// compiled without contraction, so that all code of a set rounds alike.
using FourFloats = float __attribute__((vector_size(16)));
#if defined(__aarch64__)
constexpr bool fused_fours = true;
inline FourFloats add_product_of_fours(FourFloats a, FourFloats b, FourFloats sum) {
  return vfmaq_f32(sum, a, b);
}
#else
constexpr bool fused_fours = false;
inline FourFloats add_product_of_fours(FourFloats a, FourFloats b, FourFloats sum) {
  return a * b + sum;
}
#endif

struct Four {
  using Vector = FourFloats;
  using Mask = int __attribute__((vector_size(16)));
  using Loose = float __attribute__((vector_size(16), aligned(4), may_alias));
  using Half = double __attribute__((vector_size(16)));
  static constexpr std::int64_t count = 4;
  static constexpr int tile_rows = 6;  ///< rows x 2 sums, 2 vectors of b and 1 of a fit 16 registers

  static Vector zero() { return Vector{}; }
  static Vector all(float x) { return Vector{x, x, x, x}; }
  static Vector load(const float* from) { return *reinterpret_cast<const Loose*>(from); }
  static void store(Vector v, float* to) { *reinterpret_cast<Loose*>(to) = v; }
  /// The first `n` values, and zeros.
  static Vector load_part(const float* from, std::int64_t n) {
    Vector v{};
    for (std::int64_t i = 0; i < n && i < count; ++i) v[i] = from[i];
    return v;
  }
  /// Past the caches, if there are instructions for it; `to` is aligned to a vector.
  static void stream(Vector v, float* to) { store(v, to); }
  static void store_part(Vector v, std::int64_t n, float* to) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = v[i];
  }
  /// Loads as many groups of four, `stride` apart, as fit a vector, and stores them in the same way.
  static Vector load_fours(const float* from, std::int64_t /*stride*/) { return load(from); }
  static void store_fours(Vector v, float* to, std::int64_t /*stride*/) { store(v, to); }
  static Vector add(Vector a, Vector b) { return a + b; }
  static Vector subtract(Vector a, Vector b) { return a - b; }
  static Vector multiply(Vector a, Vector b) { return a * b; }
  static constexpr bool fused = fused_fours;
  static Vector add_product(Vector a, Vector b, Vector sum) { return add_product_of_fours(a, b, sum); }

  static Vector negative(Vector v) { return -v; }
  /// As doubles, in two halves.
  static Half widen_low(Vector v) { return Half{v[0], v[1]}; }
  static Half widen_high(Vector v) { return Half{v[2], v[3]}; }

  /// a > b ? a : b; b if either is NaN.
  static Vector larger(Vector a, Vector b) { return a > b ? a : b; }
  /// a < b ? a : b; b if either is NaN.
  static Vector smaller(Vector a, Vector b) { return a < b ? a : b; }
  static Mask equal(Vector a, Vector b) { return a == b; }
  static Mask above(Vector a, Vector b) { return a > b; }
  /// Whether either is NaN.
  static Mask nan(Vector a, Vector b) { return (a != a) | (b != b); }
  static Mask either(Mask a, Mask b) { return a | b; }
  static Mask without(Mask a, Mask b) { return a & ~b; }
  static Vector choose(Mask m, Vector a, Vector b) { return m ? a : b; }

  /// A bit per value that is not 0, the first value in the lowest bit.
  static unsigned not_zero(Vector v) {
    unsigned bits = 0;
    for (unsigned i = 0; i < 4; ++i) bits |= (v[i] != 0 ? 1U : 0U) << i;
    return bits;
  }

  // Per group of four of a and b:
  static Vector mix_low(Vector a, Vector b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
  static Vector mix_high(Vector a, Vector b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }
  static Vector low_halves(Vector a, Vector b) { return __builtin_shufflevector(a, b, 0, 1, 4, 5); }
  static Vector high_halves(Vector a, Vector b) { return __builtin_shufflevector(a, b, 2, 3, 6, 7); }
};

struct One {
  using Vector = float;
  using Mask = bool;
  static constexpr std::int64_t count = 1;

  static Vector zero() { return 0; }
  static Vector all(float x) { return x; }
  static Vector load(const float* from) { return *from; }
  static void store(Vector v, float* to) { *to = v; }
  static Vector add(Vector a, Vector b) { return a + b; }
  static Vector multiply(Vector a, Vector b) { return a * b; }
  static Vector larger(Vector a, Vector b) { return a > b ? a : b; }
  static Vector smaller(Vector a, Vector b) { return a < b ? a : b; }
  static Mask equal(Vector a, Vector b) { return a == b; }
  static Mask above(Vector a, Vector b) { return a > b; }
  static Mask nan(Vector a, Vector b) { return a != a || b != b; }
  static Mask either(Mask a, Mask b) { return a || b; }
  static Mask without(Mask a, Mask b) { return a && !b; }
  static Vector choose(Mask m, Vector a, Vector b) { return m ? a : b; }
};

}  // namespace
}  // namespace nv
// NOLINTEND(misc-definitions-in-headers)
