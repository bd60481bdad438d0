#include "nv/kernels/gemm.h"

#include <algorithm>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/kernels/kernel_set.h"

namespace nv {

namespace {

/// Pieces of the result that are computed at once.
constexpr std::int64_t piece_rows = 96, piece_columns = 256;

std::vector<std::int64_t> steps(std::int64_t count, std::int64_t step) {
  std::vector<std::int64_t> at(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < at.size(); ++i) at[i] = static_cast<std::int64_t>(i) * step;
  return at;
}

/// c = a b, with all of b packed first.
void multiply_packed(const ConstMatrix& a, const ProductSource& b, const Matrix& c, ThreadPool& pool) {
  const ProductSet& set = kernel_set().product;
  const std::int64_t depth = a.cols, columns = c.cols;
  Tensor panels(Shape{depth, set.packed_columns(columns)});
  const std::int64_t across = pieces_of(columns, piece_columns), down = pieces_of(c.rows, piece_rows);
  const auto piece = [&](std::int64_t index) {
    const std::int64_t first = index * piece_columns;
    return ProductRight{panels.data() + first * depth, depth, std::min(piece_columns, columns - first)};
  };
  pool.for_each(across, [&](std::int64_t index) {
    const ProductRight right = piece(index);
    set.pack({b.data + index * piece_columns * b.column_step, b.row_step, b.column_step}, 0, depth, depth,
             right.columns, panels.data() + index * piece_columns * depth);
  });
  const std::vector<std::int64_t> a_rows = steps(std::min(piece_rows, a.rows), a.stride),
                                  c_rows = steps(std::min(piece_rows, c.rows), c.stride);
  constexpr std::int64_t whole = 0;
  pool.for_each(across * down, [&](std::int64_t job) {
    const std::int64_t row = job / across * piece_rows, column = job % across;
    set.multiply(std::min(piece_rows, c.rows - row), {a.data + row * a.stride, a_rows.data(), &whole, depth},
                 piece(column), {c.data + row * c.stride + column * piece_columns, c_rows.data()});
  });
}

}  // namespace

void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool) {
  // Packing takes about as long as multiplying by so many rows.
  constexpr std::int64_t few = 4;
  if (a.rows > few) return multiply_packed(a, {b.data, b.stride, 1}, c, pool);
  const std::int64_t across = pieces_of(c.cols, piece_columns);
  pool.for_each(a.rows * across, [&](std::int64_t job) {
    const std::int64_t row = job % a.rows, column = job / a.rows * piece_columns;
    kernel_set().product.multiply_row(a.data + row * a.stride, a.cols, b.data + column, b.stride,
                                      std::min(piece_columns, c.cols - column),
                                      c.data + row * c.stride + column);
  });
}

void multiply_transposed(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool) {
  multiply_packed(a, {b.data, 1, b.stride}, c, pool);
}

}  // namespace nv
