// Products for x86-64-v4: AVX-512. The loops, which are bound by memory, are those of x86-64-v3, so that both
// sets give the same bits.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstdint>

namespace nv {
namespace {

struct Lanes {
  using Vector = __m512;
  static constexpr std::int64_t count = 16;
  static constexpr int tile_rows = 12;  ///< rows x 2 sums, 2 vectors of b and 1 of a: 27 of 32 registers

  static Vector zero() { return _mm512_setzero_ps(); }
  static Vector all(float x) { return _mm512_set1_ps(x); }
  static Vector load(const float* from) { return _mm512_loadu_ps(from); }
  static void store(Vector v, float* to) { _mm512_storeu_ps(to, v); }
  static Vector load_part(const float* from, std::int64_t n) {
    return _mm512_maskz_loadu_ps(n >= count ? 0xffff : static_cast<__mmask16>((1U << n) - 1), from);
  }
  /// In parts: a masked store is slow on some CPUs.
  static void store_part(Vector v, std::int64_t n, float* to) {
    __m256 half = _mm512_castps512_ps256(v);
    if ((n & 8) != 0) {
      _mm256_storeu_ps(to, half);
      half = _mm512_extractf32x8_ps(v, 1);
      to += 8;
    }
    __m128 part = _mm256_castps256_ps128(half);
    if ((n & 4) != 0) {
      _mm_storeu_ps(to, part);
      part = _mm256_extractf128_ps(half, 1);
      to += 4;
    }
    if ((n & 2) != 0) {
      _mm_storel_pi(reinterpret_cast<__m64*>(to), part);
      part = _mm_movehl_ps(part, part);
      to += 2;
    }
    if ((n & 1) != 0) _mm_store_ss(to, part);
  }
  static Vector add(Vector a, Vector b) { return _mm512_add_ps(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm512_sub_ps(a, b); }
  static Vector multiply(Vector a, Vector b) { return _mm512_mul_ps(a, b); }
  static Vector add_product(Vector a, Vector b, Vector sum) { return _mm512_fmadd_ps(a, b, sum); }
  static Vector larger(Vector a, Vector b) { return _mm512_max_ps(a, b); }
  static unsigned not_zero(Vector v) { return _mm512_cmp_ps_mask(v, zero(), _CMP_NEQ_UQ); }
};

}  // namespace
}  // namespace nv

#include "nv/kernels/product_kernel.h"
#include "nv/kernels/winograd_kernel.h"

namespace nv {

extern const ProductSet product_v4;
const ProductSet product_v4 = make_product_set(true);
extern const WinogradSet winograd_v4;
const WinogradSet winograd_v4 = make_winograd_set();

}  // namespace nv
#endif
