#include "nv/kernels/gemm.h"

#include <algorithm>
#include <vector>

#include "nv/core/tensor.h"
#include "nv/kernels/kernel_set.h"

namespace nv {

namespace {

/// Size of a block of the result that is one task.
constexpr std::int64_t piece_rows = 96, piece_columns = 256;

std::vector<std::int64_t> steps(std::int64_t count, std::int64_t step) {
  std::vector<std::int64_t> at(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < at.size(); ++i) at[i] = static_cast<std::int64_t>(i) * step;
  return at;
}

PackedMatrix pack(const ProductSource& b, std::int64_t depth, std::int64_t columns, ThreadPool& pool) {
  const ProductSet& set = kernel_set().product;
  PackedMatrix packed{Tensor(Shape{depth, set.packed_columns(columns)}), depth};
  pool.for_each(pieces_of(columns, piece_columns), [&](std::int64_t index) {
    const std::int64_t first = index * piece_columns;
    set.pack({b.data + first * b.column_step, b.row_step, b.column_step}, 0, depth, depth,
             std::min(piece_columns, columns - first), packed.panels.data() + first * depth);
  });
  return packed;
}

}  // namespace

PackedMatrix packed(const ConstMatrix& b, ThreadPool& pool) {
  return pack({b.data, b.stride, 1}, b.rows, b.cols, pool);
}

PackedMatrix packed_transposed(const ConstMatrix& b, ThreadPool& pool) {
  return pack({b.data, 1, b.stride}, b.cols, b.rows, pool);
}

void multiply(const ConstMatrix& a, const PackedMatrix& b, const Matrix& c, ThreadPool& pool) {
  const std::int64_t across = pieces_of(c.cols, piece_columns), down = pieces_of(c.rows, piece_rows);
  const std::vector<std::int64_t> a_rows = steps(std::min(piece_rows, a.rows), a.stride),
                                  c_rows = steps(std::min(piece_rows, c.rows), c.stride);
  constexpr std::int64_t whole = 0;
  pool.for_each(across * down, [&](std::int64_t job) {
    const std::int64_t row = job / across * piece_rows, column = job % across * piece_columns;
    kernel_set().product.multiply(
        std::min(piece_rows, c.rows - row), {a.data + row * a.stride, a_rows.data(), &whole, b.depth},
        {b.panels.data() + column * b.depth, b.depth, std::min(piece_columns, c.cols - column)},
        {c.data + row * c.stride + column, c_rows.data()});
  });
}

void multiply(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool) {
  if (a.rows > rows_to_pack) return multiply(a, packed(b, pool), c, pool);
  // A matrix of some size is shared by all threads, a small one not worth waking them.
  constexpr std::int64_t small = std::int64_t{1} << 16, vectors = 64;
  const std::int64_t share = pieces_of(pieces_of(c.cols, pool.threads()), vectors) * vectors;
  const std::int64_t piece = a.cols * c.cols < small ? c.cols : std::min(share, piece_columns);
  pool.for_each(a.rows * pieces_of(c.cols, piece), [&](std::int64_t job) {
    const std::int64_t row = job % a.rows, column = job / a.rows * piece;
    kernel_set().product.multiply_row(a.data + row * a.stride, a.cols, b.data + column, b.stride,
                                      std::min(piece, c.cols - column), c.data + row * c.stride + column);
  });
}

void multiply_transposed(const ConstMatrix& a, const ConstMatrix& b, const Matrix& c, ThreadPool& pool) {
  multiply(a, packed_transposed(b, pool), c, pool);
}

}  // namespace nv
