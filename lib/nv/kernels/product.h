// The matrix product by instruction set (kernel_set.h): what gemm.cpp and convolution.cpp multiply with.
#pragma once

#include <cstdint>

namespace nv {

/// How many pieces of `piece` cover `size`.
inline std::int64_t pieces_of(std::int64_t size, std::int64_t piece) {
  return (size + piece - 1) / piece;
}

/// The left factor of a product, of which nothing need lie together but `run` columns: element
/// (r, s * run + i) is at data[rows[r] + runs[s] + i].
struct ProductLeft {
  const float* data;
  const std::int64_t* rows;
  const std::int64_t* runs;
  std::int64_t run;
};

/// Columns [first, first + columns) of the right factor, of `depth` rows, as `pack` laid them out from
/// columns `first` on.
struct ProductRight {
  const float* panels;
  std::int64_t depth, columns;
};

/// The result: element (r, j) is at data[rows[r] + j]. biases[j] is added to it where there are biases, and
/// with `relu` what is below 0 becomes 0 then. So many biases can be read as make whole vectors.
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

/// Positions of `channels` numbers each, one after the other.
struct ScatterSource {
  const float* data;
  std::int64_t positions, channels;
};

/// A row for each channel and row number r: element i is at data[channel * step + at[r] + i], for i < length,
/// a multiple of `lanes`.
struct ScatterKernel {
  const float* data;
  std::int64_t step, length;
};

/// Row r of position p begins at data[at[r] + p * step].
struct ScatterResult {
  float* data;
  std::int64_t step;
};

constexpr std::int64_t most_planes = 6;

/// The product for one instruction set. Each number of a result is a sum in the order of depth, by blocks of
/// 256 that are added up in turn, whatever the number of rows and columns: what a product gives does not
/// depend on how its work is cut. Sets that have fused multiply-adds all give the same bits.
struct ProductSet {
  std::int64_t lanes;  ///< of a vector
  std::int64_t width;  ///< columns of a panel; panels start at multiples of it
  bool fused;

  /// Lays rows of a right factor into panels, as its rows [from, from + rows) of `depth`. The panels hold
  /// `depth` x packed_columns(columns) numbers.
  void (*pack)(const ProductSource& b, std::int64_t from, std::int64_t rows, std::int64_t depth,
               std::int64_t columns, float* panels);
  /// c = a b for `rows` rows.
  void (*multiply)(std::int64_t rows, const ProductLeft& a, const ProductRight& b, const ProductResult& c);
  /// The product with the right factor as vectors of neighbours: c(r, p) = the sum over k of
  /// a(r, k) b(k, p), with a(r, k) at a[r * a_stride + k], b(k, p) at b[at[k] + p] and c(r, p) at
  /// c[r * c_stride + p], for `columns` p, a multiple of `width`. At most most_planes rows.
  void (*multiply_planes)(std::int64_t rows, std::int64_t depth, const float* a, std::int64_t a_stride,
                          const float* b, const std::int64_t* at, std::int64_t columns, float* c,
                          std::int64_t c_stride);
  /// c = x b for one row x of `depth` values, with b as it stands, its rows `stride` apart.
  void (*multiply_row)(const float* x, std::int64_t depth, const float* b, std::int64_t stride,
                       std::int64_t columns, float* c);
  /// Adds to each of `rows` rows of every position of c the kernel's rows, times that position's numbers.
  /// What is 0 costs nothing.
  void (*scatter)(const ScatterSource& a, const ScatterKernel& b, const ScatterResult& c, std::int64_t rows,
                  const std::int64_t* kernel_at, const std::int64_t* to_at);

  std::int64_t packed_columns(std::int64_t columns) const { return pieces_of(columns, width) * width; }
};

}  // namespace nv
