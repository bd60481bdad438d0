// Pooling over sequences, images and volumes, channels last, and its gradients.
#pragma once

#include "nv/core/parallel.h"
#include "nv/kernels/windows.h"

namespace nv {

/// The maximum over the part of each window that lies inside the input. NaN counts as larger than any number.
void max_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output, ThreadPool& pool);

/// The mean over the part of each window that lies inside the input.
void average_pool(const WindowSizes& w, std::int64_t items, const float* input, float* output,
                  ThreadPool& pool);

/// vjp of max_pool: a window's gradient goes to the first of its largest values in row-major order, as in
/// TensorFlow's MaxPoolGrad on CPUs (sequences and images).
void max_pool_vjp_to_first(const WindowSizes& w, std::int64_t items, const float* input, const float* output,
                           const float* d_output, float* d_input, ThreadPool& pool);

/// vjp of max_pool: a window's gradient goes in full to each of its largest values, as in TensorFlow's
/// MaxPool3DGrad on CPUs (volumes).
void max_pool_vjp_to_all(const WindowSizes& w, std::int64_t items, const float* input, const float* output,
                         const float* d_output, float* d_input, ThreadPool& pool);

/// vjp of average_pool.
void average_pool_vjp(const WindowSizes& w, std::int64_t items, const float* d_output, float* d_input,
                      ThreadPool& pool);

}  // namespace nv
