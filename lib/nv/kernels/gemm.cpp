#include "nv/kernels/gemm.h"

#include <fmt/format.h>

#include <Eigen/Core>

#include "nv/kernels/product.h"

namespace nv {

namespace {

struct Choice {
  Product product;
  const char* name;
};

/// The fastest that this CPU has.
Choice choose() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return {product_v3, "x86-64-v3"};
#endif
  return {product_baseline, "baseline"};
}

const Choice& chosen() {
  static const Choice choice = choose();
  return choice;
}

}  // namespace

void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c) {
  chosen().product(a.rows, a.cols, b.cols, a.data, a.stride, {b.data, b.stride, 1}, c.data, c.stride, false);
}

void multiply_transposed(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c) {
  chosen().product(a.rows, a.cols, b.rows, a.data, a.stride, {b.data, 1, b.stride}, c.data, c.stride, false);
}

void multiply_transposed_add(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c) {
  chosen().product(a.rows, a.cols, b.rows, a.data, a.stride, {b.data, 1, b.stride}, c.data, c.stride, true);
}

const char* product_set() {
  return chosen().name;
}

std::string eigen_version() {
  return fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
}

}  // namespace nv
