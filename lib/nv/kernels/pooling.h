// Pooling over sequences, images and volumes, channels last, and its gradients. Knows no layer.
#pragma once

#include "nv/core/parallel.h"
#include "nv/kernels/windows.h"

namespace nv {

/// The largest value in each window; what lies outside the input does not count. NaN is larger than any
/// number.
void max_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output, ThreadPool& pool);

/// The mean over the part of each window that lies inside the input.
void average_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output,
                  ThreadPool& pool);

/// Gradient of max_pool to its input: that of a window goes to the first of its largest values in row-major
/// order, as TensorFlow's MaxPoolGrad has it on CPUs (sequences and images).
void max_pool_vjp_to_first(const WindowSizes& w, std::int64_t items, const float* input, const float* output,
                           const float* d_output, float* d_input, ThreadPool& pool);

/// Gradient of max_pool to its input: that of a window goes to each of its largest values in full, as
/// TensorFlow's MaxPool3DGrad has it on CPUs (volumes).
void max_pool_vjp_to_all(const WindowSizes& w, std::int64_t items, const float* input, const float* output,
                         const float* d_output, float* d_input, ThreadPool& pool);

/// Gradient of average_pool to its input.
void average_pool_vjp(const WindowSizes& w, std::int64_t items, const float* d_output, float* d_input,
                      ThreadPool& pool);

}  // namespace nv
