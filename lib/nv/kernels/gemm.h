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

/// c = a b. Each number is added up in the same order whatever the number of rows and columns, so that it
/// does not depend on what else is multiplied at once.
void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c);

/// c = a b', b transposed.
void multiply_transposed(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c);
/// c += a b'.
void multiply_transposed_add(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c);

/// The instruction set that products are made with on this CPU: "baseline", "x86-64-v3".
const char* product_set();

/// Of the library that the products come from: "3.4.0".
std::string eigen_version();

}  // namespace nv
