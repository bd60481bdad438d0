#include "nv/kernels/transpose.h"

#include <algorithm>
#include <array>

#include "nv/kernels/four.h"

namespace nv {

Tensor transpose(const Tensor& x, std::span<const int> order) {
  const int rank = x.shape().rank();
  std::array<std::int64_t, Shape::max_rank> strides{}, steps{}, index{};
  std::int64_t stride = 1;
  for (int a = rank - 1; a >= 0; --a) {
    strides[static_cast<std::size_t>(a)] = stride;
    stride *= x.shape()[a];
  }
  Shape shape = x.shape();
  for (int a = 0; a < rank; ++a) {
    shape[a] = x.shape()[order[static_cast<std::size_t>(a)]];
    steps[static_cast<std::size_t>(a)] =
        strides[static_cast<std::size_t>(order[static_cast<std::size_t>(a)])];
  }
  Tensor y(shape);
  if (y.size() == 0) return y;
  if (rank == 0) return x.clone();
  const auto last = static_cast<std::size_t>(rank - 1);
  const std::int64_t inner = shape[rank - 1];
  std::int64_t from = 0;
  for (std::int64_t at = 0; at < y.size(); at += inner) {
    for (std::int64_t i = 0; i < inner; ++i) y[at + i] = x[from + i * steps[last]];
    // The next row of the result: count up the outer axes like an odometer.
    for (int a = rank - 2; a >= 0; --a) {
      const auto axis = static_cast<std::size_t>(a);
      from += steps[axis];
      if (++index[axis] < shape[a]) break;
      from -= steps[axis] * shape[a];
      index[axis] = 0;
    }
  }
  return y;
}

std::vector<int> inverse(std::span<const int> order) {
  std::vector<int> inverse(order.size());
  for (std::size_t i = 0; i < order.size(); ++i)
    inverse[static_cast<std::size_t>(order[i])] = static_cast<int>(i);
  return inverse;
}

namespace {

void transpose_four(const float* from, std::int64_t from_stride, float* to, std::int64_t to_stride) {
  const Four a = load<Four>(from), b = load<Four>(from + from_stride), c = load<Four>(from + 2 * from_stride),
             d = load<Four>(from + 3 * from_stride);
  const Four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7),
             cd = __builtin_shufflevector(c, d, 0, 4, 1, 5), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  store(__builtin_shufflevector(ab, cd, 0, 1, 4, 5), to);
  store(__builtin_shufflevector(ab, cd, 2, 3, 6, 7), to + to_stride);
  store(__builtin_shufflevector(ab2, cd2, 0, 1, 4, 5), to + 2 * to_stride);
  store(__builtin_shufflevector(ab2, cd2, 2, 3, 6, 7), to + 3 * to_stride);
}

}  // namespace

void transpose_matrix(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t from_stride,
                      float* to, std::int64_t to_stride) {
  if (columns == 1 && from_stride == 1) {
    std::copy_n(from, rows, to);
    return;
  }
  if (rows == 1 && to_stride == 1) {
    std::copy_n(from, columns, to);
    return;
  }
  if (rows < 4 || columns < 4) {
    for (std::int64_t i = 0; i < rows; ++i)
      for (std::int64_t j = 0; j < columns; ++j) to[j * to_stride + i] = from[i * from_stride + j];
    return;
  }
  // The last of the blocks of 4 x 4 may overlap those before.
  for (std::int64_t i = 0; i < rows; i += 4)
    for (std::int64_t j = 0; j < columns; j += 4) {
      const std::int64_t row = std::min(i, rows - 4), column = std::min(j, columns - 4);
      transpose_four(from + row * from_stride + column, from_stride, to + column * to_stride + row,
                     to_stride);
    }
}

}  // namespace nv
