#include "nv/kernels/conv2d.h"

#include <algorithm>
#include <vector>

#include "nv/kernels/gemm.h"

namespace nv {

namespace {

/// The patch that output position (y, x) sees, for channels [first, first + count), as one row of a matrix:
/// kh x kw x count, zeros outside the image.
void gather_patch(const Window2D& w, const float* image, std::int64_t y, std::int64_t x, std::int64_t first,
                  std::int64_t count, float* row) {
  for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
    const std::int64_t iy = y * w.stride[0] - w.before[0] + ky * w.dilation[0];
    const bool row_inside = iy >= 0 && iy < w.in[0];
    if (row_inside && w.dilation[1] == 1 && count == w.channels) {
      // Neighbouring columns are neighbours in memory: one copy for the part inside the image.
      const std::int64_t ix = x * w.stride[1] - w.before[1];
      const std::int64_t begin = std::clamp<std::int64_t>(-ix, 0, w.kernel[1]);
      const std::int64_t end = std::clamp<std::int64_t>(w.in[1] - ix, begin, w.kernel[1]);
      row = std::fill_n(row, begin * count, 0.0F);
      row = std::copy_n(image + (iy * w.in[1] + ix + begin) * w.channels, (end - begin) * count, row);
      row = std::fill_n(row, (w.kernel[1] - end) * count, 0.0F);
      continue;
    }
    for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
      const std::int64_t ix = x * w.stride[1] - w.before[1] + kx * w.dilation[1];
      if (row_inside && ix >= 0 && ix < w.in[1])
        row = std::copy_n(image + (iy * w.in[1] + ix) * w.channels + first, count, row);
      else
        row = std::fill_n(row, count, 0.0F);
    }
  }
}

bool is_pointwise(const Window2D& w) {
  constexpr std::array<std::int64_t, 2> one{1, 1};
  return w.kernel == one && w.stride == one && w.in == w.out;
}

}  // namespace

void conv2d(const Window2D& w, std::int64_t filters, std::int64_t groups, std::int64_t images,
            const float* input, const float* kernel, float* output, const Epilogue& epilogue,
            ThreadPool& pool) {
  const std::int64_t positions = w.out[0] * w.out[1];
  const std::int64_t channels = w.channels / groups, columns = filters / groups;
  const std::int64_t depth = w.kernel[0] * w.kernel[1] * channels;
  if (positions == 0 || images == 0) return;
  // A block of patches should stay in the second-level cache; its size depends on the layer alone.
  const std::int64_t block =
      std::clamp<std::int64_t>((std::int64_t{1} << 16) / std::max<std::int64_t>(depth, 1), 16, 1024);
  const std::int64_t blocks = (positions + block - 1) / block;

  pool.for_each(images * blocks, [&](std::int64_t job) {
    const std::int64_t image = job / blocks, first = job % blocks * block,
                       count = std::min(block, positions - first);
    const float* in = input + image * w.in[0] * w.in[1] * w.channels;
    float* out = output + (image * positions + first) * filters;
    std::vector<float> patches;
    for (std::int64_t g = 0; g < groups; ++g) {
      ConstMatrix a{in + first * w.channels + g * channels, count, depth, w.channels};
      if (!is_pointwise(w)) {
        patches.resize(static_cast<std::size_t>(count * depth));
        for (std::int64_t i = 0; i < count; ++i)
          gather_patch(w, in, (first + i) / w.out[1], (first + i) % w.out[1], g * channels, channels,
                       patches.data() + i * depth);
        a = {patches.data(), count, depth, depth};
      }
      multiply(a, {kernel + g * columns, depth, columns, filters},
               {out + g * columns, count, columns, filters});
    }
    if (epilogue) epilogue({out, static_cast<std::size_t>(count * filters)});
  });
}

void depthwise_conv2d(const Window2D& w, std::int64_t multiplier, std::int64_t images, const float* input,
                      const float* kernel, float* output, const Epilogue& epilogue, ThreadPool& pool) {
  const std::int64_t filters = w.channels * multiplier, row_size = w.out[1] * filters;
  pool.for_each(images * w.out[0], [&](std::int64_t job) {
    const std::int64_t image = job / w.out[0], y = job % w.out[0];
    const float* in = input + image * w.in[0] * w.in[1] * w.channels;
    float* row = output + job * row_size;
    std::fill_n(row, row_size, 0.0F);
    for (std::int64_t x = 0; x < w.out[1]; ++x) {
      float* out = row + x * filters;
      for (std::int64_t ky = 0; ky < w.kernel[0]; ++ky) {
        const std::int64_t iy = y * w.stride[0] - w.before[0] + ky * w.dilation[0];
        if (iy < 0 || iy >= w.in[0]) continue;
        for (std::int64_t kx = 0; kx < w.kernel[1]; ++kx) {
          const std::int64_t ix = x * w.stride[1] - w.before[1] + kx * w.dilation[1];
          if (ix < 0 || ix >= w.in[1]) continue;
          const float* from = in + (iy * w.in[1] + ix) * w.channels;
          const float* k = kernel + (ky * w.kernel[1] + kx) * filters;
          if (multiplier == 1)
            for (std::int64_t c = 0; c < filters; ++c) out[c] += from[c] * k[c];
          else
            for (std::int64_t c = 0; c < filters; ++c) out[c] += from[c / multiplier] * k[c];
        }
      }
    }
    if (epilogue) epilogue({row, static_cast<std::size_t>(row_size)});
  });
}

}  // namespace nv
