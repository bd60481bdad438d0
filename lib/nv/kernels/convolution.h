// Convolution over sequences, images and volumes, channels last, and its transpose. Knows no layer.
#pragma once

#include "nv/core/parallel.h"
#include "nv/kernels/windows.h"

namespace nv {

/// `items` inputs of w.in x w.channels, `kernel` as Keras keeps it (size..., channels / groups, filters),
/// outputs of w.out x filters. Patches are gathered into a matrix and multiplied (im2col and GEMM).
void convolve(const WindowSizes& w, std::int64_t filters, std::int64_t groups, std::int64_t items,
              const float* input, const float* kernel, float* output, const Epilogue& epilogue,
              ThreadPool& pool);

/// The transpose of that linear map: from `outputs` of w.out x filters to `inputs` of w.in x w.channels. It
/// is the gradient of `convolve` to its input, and the forward pass of a transposed convolution.
void convolve_transposed(const WindowSizes& w, std::int64_t filters, std::int64_t groups, std::int64_t items,
                         const float* outputs, const float* kernel, float* inputs, const Epilogue& epilogue,
                         ThreadPool& pool);

/// Every channel for itself: `kernel` (size..., channels, multiplier), output channel c * multiplier + m.
void convolve_depthwise(const WindowSizes& w, std::int64_t multiplier, std::int64_t items, const float* input,
                        const float* kernel, float* output, const Epilogue& epilogue, ThreadPool& pool);

/// The transpose of `convolve_depthwise`.
void convolve_depthwise_transposed(const WindowSizes& w, std::int64_t multiplier, std::int64_t items,
                                   const float* outputs, const float* kernel, float* inputs,
                                   ThreadPool& pool);

}  // namespace nv
