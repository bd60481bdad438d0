// Moving sequences, images and volumes, channels last: padding and cropping. Knows no layer.
#pragma once

#include "nv/core/parallel.h"
#include "nv/kernels/windows.h"

namespace nv {

/// Copies `items` arrays of `size` x channels into ones of `target_size`, so that position p comes to p +
/// shift. What comes to lie outside is left out; positions of the target that nothing comes to keep what they
/// hold.
void shift(const Triple& size, const Triple& target_size, const Triple& shift, std::int64_t channels,
           std::int64_t items, const float* source, float* target, ThreadPool& pool);

}  // namespace nv
