#include "nv/kernels/product.h"

#include <vector>

namespace nv {

extern const ProductSet product_baseline;
#if defined(__x86_64__)
extern const ProductSet product_v3;
#endif

namespace {

std::vector<ProductSet> find_sets() {
  std::vector<ProductSet> sets{product_baseline};
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) sets.push_back(product_v3);
#endif
  return sets;
}

}  // namespace

std::span<const ProductSet> product_sets() {
  static const std::vector<ProductSet> sets = find_sets();
  return sets;
}

const ProductSet& product_set() {
  static const ProductSet& set = product_sets().back();
  return set;
}

}  // namespace nv
