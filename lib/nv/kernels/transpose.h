// Reordering of axes. Knows no layer.
#pragma once

#include <span>
#include <vector>

#include "nv/core/tensor.h"

namespace nv {

/// The tensor with axis order[i] of `x` as its axis i, as numpy.transpose.
Tensor transpose(const Tensor& x, std::span<const int> order);

/// The order that undoes `order`.
std::vector<int> inverse(std::span<const int> order);

}  // namespace nv
