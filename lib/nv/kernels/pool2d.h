// Two-dimensional pooling over NHWC images. Knows no layer.
#pragma once

#include "nv/kernels/conv2d.h"

namespace nv {

/// The largest value in each window; what lies outside the image does not count.
void max_pool2d(const Window2D& w, std::int64_t images, const float* input, float* output, ThreadPool& pool);

/// The mean over the part of each window that lies inside the image.
void average_pool2d(const Window2D& w, std::int64_t images, const float* input, float* output,
                    ThreadPool& pool);

}  // namespace nv
