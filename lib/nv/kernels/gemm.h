// Matrix product. Knows no layer.
#pragma once

#include <cstdint>

#include "nv/core/parallel.h"
#include "nv/core/tensor.h"

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

/// A right factor laid out as the product wants it, for many products.
struct PackedMatrix {
  Tensor panels;
  std::int64_t depth = 0;
};
/// Of b, or of b transposed.
PackedMatrix packed(const ConstMatrix& b, ThreadPool& pool);
PackedMatrix packed_transposed(const ConstMatrix& b, ThreadPool& pool);

/// As many rows of a left factor as are multiplied in the time that laying out the right factor takes.
constexpr std::int64_t rows_to_pack = 4;

/// c = a b. Each number is added up in an order of its own (product.h): it does not depend on the number of
/// rows and columns, and a row alone gives what it gives among many.
void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool);
void multiply(const ConstMatrix& a, const PackedMatrix& b, const Matrix& c, ThreadPool& pool);

/// c = a b', b transposed. The same.
void multiply_transposed(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool);

}  // namespace nv
