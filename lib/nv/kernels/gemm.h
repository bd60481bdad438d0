// Matrix product. Knows no layer.
#pragma once

#include <cstdint>

#include "nv/core/parallel.h"

namespace nv {

/// A row-major matrix whose rows are `stride` elements apart.
struct ConstMatrix {
  const float* data;
  std::int64_t rows, cols, stride;
};
struct Matrix {
  float* data;
  std::int64_t rows, cols, stride;
};

/// c = a b. Each number is added up in an order of its own (product.h): it does not depend on the number of
/// rows and columns, and a row alone gives what it gives among many.
void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool);

/// c = a b', b transposed. The same.
void multiply_transposed(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool);

}  // namespace nv
