// The matrix product for x86-64-v3: AVX2 and fused multiply-adds.
#if defined(__x86_64__)
#include <immintrin.h>

#include <cstdint>

namespace nv {
namespace {

struct Lanes {
  using Vector = __m256;
  static constexpr std::int64_t count = 8;

  static Vector zero() { return _mm256_setzero_ps(); }
  static Vector all(float x) { return _mm256_set1_ps(x); }
  static Vector load(const float* from) { return _mm256_loadu_ps(from); }
  static void store(Vector v, float* to) { _mm256_storeu_ps(to, v); }
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
  static Vector add(Vector a, Vector b) { return _mm256_add_ps(a, b); }
  static Vector add_product(Vector a, Vector b, Vector sum) { return _mm256_fmadd_ps(a, b, sum); }
};

}  // namespace
}  // namespace nv

#include "nv/kernels/product_kernel.h"

namespace nv {

extern const ProductSet product_v3;
const ProductSet product_v3 = make_set("x86-64-v3", true);

}  // namespace nv
#endif
