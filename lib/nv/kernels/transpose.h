// Reordering of axes.
#pragma once

#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// The tensor with axis order[i] of `x` as its axis i, as numpy.transpose.
Tensor transpose(const Tensor& x, std::span<const int> order);

/// The inverse order: transpose(transpose(x, order), inverse(order)) is x.
std::vector<int> inverse(std::span<const int> order);

/// to[j * to_stride + i] = from[i * from_stride + j], for `rows` i and `columns` j.
void transpose_matrix(std::int64_t rows, std::int64_t columns, const float* from, std::int64_t from_stride,
                      float* to, std::int64_t to_stride);

}  // namespace nv
