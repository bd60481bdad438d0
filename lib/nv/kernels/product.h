// The matrix product by instruction set: what gemm.cpp chooses from.
#pragma once

namespace nv {

/// The right factor of a product: element (k, j) is at data[k * row_step + j * column_step], one of the steps
/// being 1.
struct ProductFactor {
  const float* data;
  long row_step, column_step;
};

/// c = a b, or c += a b where `add`: `rows` x `depth` times `depth` x `columns`; the rows of a and c are
/// `a_stride` and `c_stride` apart.
using Product = void (*)(long rows, long depth, long columns, const float* a, long a_stride,
                         const ProductFactor& b, float* c, long c_stride, bool add);

/// For any CPU that the program runs on.
extern const Product product_baseline;
#if defined(__x86_64__)
/// For x86-64-v3: AVX2 and FMA.
extern const Product product_v3;
#endif

}  // namespace nv
