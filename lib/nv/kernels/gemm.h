// Matrix product.
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

/// A right factor packed into panels (product.h), for many products.
struct PackedMatrix {
  Tensor panels;
  std::int64_t depth = 0;
};
/// Packs b, or b transposed.
PackedMatrix packed(const ConstMatrix& b, ThreadPool& pool);
PackedMatrix packed_transposed(const ConstMatrix& b, ThreadPool& pool);

/// Up to so many rows of a left factor, a product without packing is faster.
constexpr std::int64_t rows_to_pack = 4;

/// c = a b. Each sum has a fixed order (product.h), so that a row's result depends neither on the number of
/// rows and columns nor on the other rows.
void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool);
void multiply(const ConstMatrix& a, const PackedMatrix& b, const Matrix& c, ThreadPool& pool);

/// c = a b', with b transposed.
void multiply_transposed(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool);

}  // namespace nv
