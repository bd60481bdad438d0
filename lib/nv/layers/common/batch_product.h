// Products of many matrices at once, for attention, Dot and matmul. Tensors are (count, rows, columns).
#pragma once

#include "nv/layers/layer.h"

namespace nv {

/// (count, m, k) times (count, k, n): (count, m, n). Throws Error(input) if the sizes do not fit.
Tensor batch_product(const Tensor& a, const Tensor& b, Context& context);

/// The tensor with its last two axes swapped: each matrix transposed.
Tensor transposed_matrices(const Tensor& x);

/// The tensor with all axes but the last two merged into one: (count, rows, columns). Shares storage.
Tensor as_matrices(const Tensor& x);

}  // namespace nv
