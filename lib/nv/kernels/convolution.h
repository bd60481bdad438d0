// Convolution over sequences, images and volumes, channels last, and its transpose.
#pragma once

#include "nv/core/parallel.h"
#include "nv/kernels/windows.h"

namespace nv {

/// From `items` inputs of w.in x w.channels to outputs of w.out x filters; `kernel` is laid out as in Keras:
/// (size..., channels / groups, filters). Computed as a matrix product of patches (patch_product.h).
void convolve(const WindowSizes& w, std::int64_t filters, std::int64_t groups, std::int64_t items,
              const float* input, const float* kernel, float* output, const Epilogue& epilogue,
              ThreadPool& pool);

/// The transpose of that linear map, from `outputs` of w.out x filters to `inputs` of w.in x w.channels: the
/// vjp of `convolve`, and the forward pass of a transposed convolution.
void convolve_transposed(const WindowSizes& w, std::int64_t filters, std::int64_t groups, std::int64_t items,
                         const float* outputs, const float* kernel, float* inputs, const Epilogue& epilogue,
                         ThreadPool& pool);

/// Depthwise convolution: `kernel` is (size..., channels, multiplier), the output channel is c * multiplier +
/// m.
void convolve_depthwise(const WindowSizes& w, std::int64_t multiplier, std::int64_t items, const float* input,
                        const float* kernel, float* output, const Epilogue& epilogue, ThreadPool& pool);

/// The transpose of `convolve_depthwise`.
void convolve_depthwise_transposed(const WindowSizes& w, std::int64_t multiplier, std::int64_t items,
                                   const float* outputs, const float* kernel, float* inputs,
                                   ThreadPool& pool);

}  // namespace nv
