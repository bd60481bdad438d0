// Kernels for x86-64-v3: AVX2 and fused multiply-adds.
#if defined(__x86_64__)
#include <immintrin.h>

#include "nv/kernels/lanes.h"

namespace nv {
namespace {

struct Lanes {
  using Vector = __m256;
  using Mask = __m256;
  using Half = __m256d;
  static constexpr std::int64_t count = 8;
  static constexpr int tile_rows = 6;  ///< rows x 2 sums, 2 vectors of b and 1 of a: 15 of 16 registers

  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector all(float x) { return _mm256_set1_ps(x); }
  static Vector load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(Vector v, float* to) { _mm256_storeu_ps(to, v); }
  static Vector load_part(const float* from, std::int64_t n) {
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    return _mm256_maskload_ps(from, _mm256_cmpgt_epi32(_mm256_set1_epi32(static_cast<int>(n)), lane));
  }
  static void stream(Vector v, float* to) { _mm256_stream_ps(to, v); }
  /// In halves: a masked store is many times slower on AMD's CPUs.
  static void store_part(Vector v, std::int64_t n, float* to) {
    __m128 part = _mm256_castps256_ps128(v);
    if ((n & 4) != 0) {
      _mm_storeu_ps(to, part);
      part = _mm256_extractf128_ps(v, 1);
      to += 4;
    }
    if ((n & 2) != 0) {
      _mm_storel_pi(reinterpret_cast<__m64*>(to), part);
      part = _mm_movehl_ps(part, part);
      to += 2;
    }
    if ((n & 1) != 0) _mm_store_ss(to, part);
  }
  static Vector load_fours(const float* from, std::int64_t stride) {
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(from)), _mm_loadu_ps(from + stride), 1);
  }
  static void store_fours(Vector v, float* to, std::int64_t stride) {
    _mm_storeu_ps(to, _mm256_castps256_ps128(v));
    _mm_storeu_ps(to + stride, _mm256_extractf128_ps(v, 1));
  }
  static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static Vector subtract(Vector a, Vector b) { return _mm256_sub_ps(a, b); }
  static Vector multiply(Vector a, Vector b) { return _mm256_mul_ps(a, b); }
  static Vector add_product(Vector a, Vector b, Vector sum) { return _mm256_fmadd_ps(a, b, sum); }
  static Vector negative(Vector v) { return _mm256_xor_ps(v, all(-0.0F)); }
  static Half widen_low(Vector v) { return _mm256_cvtps_pd(_mm256_castps256_ps128(v)); }
  static Half widen_high(Vector v) { return _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1)); }

  static Vector larger(Vector a, Vector b) { return _mm256_max_ps(a, b); }
  static Vector smaller(Vector a, Vector b) { return _mm256_min_ps(a, b); }
  static Mask equal(Vector a, Vector b) { return _mm256_cmp_ps(a, b, _CMP_EQ_OQ); }
  static Mask above(Vector a, Vector b) { return _mm256_cmp_ps(a, b, _CMP_GT_OQ); }
  static Mask nan(Vector a, Vector b) { return _mm256_cmp_ps(a, b, _CMP_UNORD_Q); }
  static Mask either(Mask a, Mask b) { return _mm256_or_ps(a, b); }
  static Mask without(Mask a, Mask b) { return _mm256_andnot_ps(b, a); }
  static Vector choose(Mask m, Vector a, Vector b) { return _mm256_blendv_ps(b, a, m); }
  static unsigned not_zero(Vector v) {
    return static_cast<unsigned>(_mm256_movemask_ps(_mm256_cmp_ps(v, zero(), _CMP_NEQ_UQ)));
  }

  static Vector mix_low(Vector a, Vector b) { return _mm256_unpacklo_ps(a, b); }
  static Vector mix_high(Vector a, Vector b) { return _mm256_unpackhi_ps(a, b); }
  static Vector low_halves(Vector a, Vector b) { return _mm256_shuffle_ps(a, b, 0x44); }
  static Vector high_halves(Vector a, Vector b) { return _mm256_shuffle_ps(a, b, 0xee); }
};

}  // namespace
}  // namespace nv

#include "nv/kernels/loops_kernel.h"
#include "nv/kernels/product_kernel.h"
#include "nv/kernels/winograd_kernel.h"

namespace nv {

extern const KernelSet kernels_v3;
const KernelSet kernels_v3{"x86-64-v3", make_product_set(true), make_winograd_set(), make_loop_set()};

}  // namespace nv
#endif
