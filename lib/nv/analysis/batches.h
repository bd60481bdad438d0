// Inputs that a model is given together.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "nv/core/tensor.h"

namespace nv {

/// Calls `take(stacked, whose)` for neighbouring inputs of one shape, at most `most` at a time, in order:
/// `stacked` is batch first, `whose` are their places in `inputs`. Empty tensors are left out.
void in_batches(std::span<const Tensor> inputs, std::size_t most,
                const std::function<void(const Tensor& stacked, std::span<const std::size_t> whose)>& take);

}  // namespace nv
