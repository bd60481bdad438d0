// Batches of inputs.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "nv/core/tensor.h"

namespace nv {

/// Calls `take(stacked, places)` for runs of neighbouring inputs of one shape, at most `most` at a time, in
/// order: `stacked` is batch first, `places` are their indices in `inputs`. Empty tensors are skipped.
void in_batches(std::span<const Tensor> inputs, std::size_t most,
                const std::function<void(const Tensor& stacked, std::span<const std::size_t> places)>& take);

}  // namespace nv
