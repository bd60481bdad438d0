// The matrix product by instruction set (kernel_set.h), for gemm.cpp and the patch products of convolutions.
#pragma once

#include <cstdint>

namespace nv {

/// Number of pieces of size `piece` that cover `size`.
inline std::int64_t pieces_of(std::int64_t size, std::int64_t piece) {
  return (size + piece - 1) / piece;
}

/// The left factor of a product. Only runs of `run` columns need to be contiguous: element (r, s * run + i)
/// is at data[rows[r] + runs[s] + i].
struct ProductLeft {
  const float* data;
  const std::int64_t* rows;
  const std::int64_t* runs;
  std::int64_t run;
};

/// Columns of the right factor, of `depth` rows, as packed by `pack`.
struct ProductRight {
  const float* panels;
  std::int64_t depth, columns;
};

/// The result: element (r, j) is at data[rows[r] + j]. If biases is not null, biases[j] is added, and with
/// `relu` negative values become 0. Biases are read in whole vectors.
struct ProductResult {
  float* data;
  const std::int64_t* rows;
  const float* biases = nullptr;
  bool relu = false;
};

/// A matrix to pack: element (k, j) is at data[k * row_step + j * column_step].
struct ProductSource {
  const float* data;
  std::int64_t row_step, column_step;
};

/// Contiguous positions of `channels` values each.
struct ScatterSource {
  const float* data;
  std::int64_t positions, channels;
};

/// Rows by channel and row number r: element i is at data[channel * step + at[r] + i], for i < length, a
/// multiple of `lanes`.
struct ScatterKernel {
  const float* data;
  std::int64_t step, length;
};

/// Row r of position p begins at data[at[r] + p * step].
struct ScatterResult {
  float* data;
  std::int64_t step;
};

constexpr std::int64_t max_planes = 6;

/// The product for one instruction set. Each value of a result is a sum in the order of depth, in blocks of
/// 256 terms that are added in turn, whatever the number of rows and columns: it does not depend on how the
/// work is divided. All sets with fused multiply-adds give the same bits.
struct ProductSet {
  std::int64_t lanes;  ///< of a vector
  std::int64_t width;  ///< columns of a panel; panels start at multiples of it
  bool fused;

  /// Packs rows of a right factor into panels, as rows [from, from + rows) of `depth`. The panels hold depth
  /// x packed_columns(columns) values.
  void (*pack)(const ProductSource& b, std::int64_t from, std::int64_t rows, std::int64_t depth,
               std::int64_t columns, float* panels);
  /// c = a b for `rows` rows.
  void (*multiply)(std::int64_t rows, const ProductLeft& a, const ProductRight& b, const ProductResult& c);
  /// c(r, p) = sum over k of a(r, k) b(k, p), with vectors of adjacent p: a(r, k) is at a[r * a_stride + k],
  /// b(k, p) at b[at[k] + p] and c(r, p) at c[r * c_stride + p], for p < columns, a multiple of `width`. At
  /// most max_planes rows.
  void (*multiply_planes)(std::int64_t rows, std::int64_t depth, const float* a, std::int64_t a_stride,
                          const float* b, const std::int64_t* at, std::int64_t columns, float* c,
                          std::int64_t c_stride);
  /// c = x b for one row x of `depth` values and an unpacked b, whose rows are `stride` apart.
  void (*multiply_row)(const float* x, std::int64_t depth, const float* b, std::int64_t stride,
                       std::int64_t columns, float* c);
  /// For each position of `a`, adds its values times the kernel's rows to `rows` rows of c. Values of 0 cost
  /// nothing.
  void (*scatter)(const ScatterSource& a, const ScatterKernel& b, const ScatterResult& c, std::int64_t rows,
                  const std::int64_t* kernel_at, const std::int64_t* to_at);

  std::int64_t packed_columns(std::int64_t columns) const { return pieces_of(columns, width) * width; }
};

}  // namespace nv
