#include "nv/kernels/transpose.h"

#include <algorithm>
#include <array>

#include "nv/kernels/kernel_set.h"

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
  kernel_set().loops.transpose(rows, columns, from, from_stride, to, to_stride, nullptr, false);
}

}  // namespace nv
