// Shifting of sequences, images and volumes, channels last: padding and cropping.
#pragma once

#include "nv/core/parallel.h"
#include "nv/kernels/windows.h"

namespace nv {

/// Copies position p of `items` arrays of `size` x channels to position p + shift of arrays of `target_size`.
/// Positions outside of the target are left out; other values of the target become `fill`.
void shift(const Triple& size, const Triple& target_size, const Triple& shift, std::int64_t channels,
           std::int64_t items, const float* source, float* target, ThreadPool& pool, float fill = 0);

}  // namespace nv
