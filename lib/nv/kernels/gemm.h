// Matrix product. Knows no layer.
#pragma once

#include <cstdint>
#include <string>

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

/// c = a b. Rounding depends on the sizes: to make an item's numbers independent of its batch, callers always
/// cut their work into pieces that depend on one item alone.
void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c);

/// c += a b', b transposed.
void multiply_transposed_add(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c);

/// y = x b for one row x of b.rows elements.
void multiply_row(const float* x, const ConstMatrix& b, float* y);

/// y = b x for one column x of b.cols elements.
void multiply_column(const ConstMatrix& b, const float* x, float* y);

/// Of the library that the products come from: "3.4.0".
std::string eigen_version();

}  // namespace nv
