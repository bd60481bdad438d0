// Two-dimensional convolution over NHWC images. Knows no layer.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>

#include "nv/core/parallel.h"

namespace nv {

/// Sizes of one convolution or pooling: [height, width] where there are two.
struct Window2D {
  std::array<std::int64_t, 2> in, out, kernel, stride{1, 1}, dilation{1, 1}, before{0, 0};
  std::int64_t channels = 0;  ///< of the input
};

/// Called with finished output values of whole positions: the place to add a bias and apply an activation
/// while they are still in cache.
using Epilogue = std::function<void(std::span<float>)>;

/// `images` images of in[0] x in[1] x channels, `kernel` as Keras keeps it (kh, kw, channels / groups,
/// filters), output out[0] x out[1] x filters each. Patches are gathered into a matrix and multiplied (im2col
/// and GEMM).
void conv2d(const Window2D& w, std::int64_t filters, std::int64_t groups, std::int64_t images,
            const float* input, const float* kernel, float* output, const Epilogue& epilogue,
            ThreadPool& pool);

/// `kernel` (kh, kw, channels, multiplier); output channel c * multiplier + m.
void depthwise_conv2d(const Window2D& w, std::int64_t multiplier, std::int64_t images, const float* input,
                      const float* kernel, float* output, const Epilogue& epilogue, ThreadPool& pool);

}  // namespace nv
