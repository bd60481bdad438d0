// The matrix product for any CPU, on the compiler's own vectors of four.
#include <cstdint>

namespace nv {
namespace {

struct Lanes {
  using Vector = float __attribute__((vector_size(16)));
  using Loose = float __attribute__((vector_size(16), aligned(4), may_alias));
  static constexpr std::int64_t count = 4;

  static Vector zero() { return Vector{}; }
  static Vector all(float x) { return Vector{x, x, x, x}; }
  static Vector load(const float* from) { return *reinterpret_cast<const Loose*>(from); }
  static void store(Vector v, float* to) { *reinterpret_cast<Loose*>(to) = v; }
  static void store_part(Vector v, std::int64_t n, float* to) {
    for (std::int64_t i = 0; i < n; ++i) to[i] = v[i];
  }
  static Vector add(Vector a, Vector b) { return a + b; }
  /// Two operations: this file is compiled without contraction, so that all sums are rounded alike.
  static Vector add_product(Vector a, Vector b, Vector sum) { return a * b + sum; }
};

}  // namespace
}  // namespace nv

#include "nv/kernels/product_kernel.h"

namespace nv {

extern const ProductSet product_baseline;
const ProductSet product_baseline = make_set("baseline", false);

}  // namespace nv
