#include "nv/kernels/pool2d.h"

#include <algorithm>
#include <limits>

namespace nv {

namespace {

/// Calls `visit(pixel)` for each pixel of the window of output (y, x) that lies inside the image; returns
/// their number.
template <typename Visit>
std::int64_t for_window(const Window2D& w, const float* image, std::int64_t y, std::int64_t x,
                        const Visit& visit) {
  const std::int64_t top = y * w.stride[0] - w.before[0], left = x * w.stride[1] - w.before[1];
  const std::int64_t y0 = std::max<std::int64_t>(top, 0), y1 = std::min(top + w.kernel[0], w.in[0]);
  const std::int64_t x0 = std::max<std::int64_t>(left, 0), x1 = std::min(left + w.kernel[1], w.in[1]);
  for (std::int64_t iy = y0; iy < y1; ++iy)
    for (std::int64_t ix = x0; ix < x1; ++ix) visit(image + (iy * w.in[1] + ix) * w.channels);
  return std::max<std::int64_t>(y1 - y0, 0) * std::max<std::int64_t>(x1 - x0, 0);
}

/// Calls `body(image, y, x, output pixel)` for every output position, rows in parallel.
template <typename Body>
void for_positions(const Window2D& w, std::int64_t images, const float* input, float* output,
                   ThreadPool& pool, const Body& body) {
  pool.for_each(images * w.out[0], [&](std::int64_t job) {
    const float* image = input + job / w.out[0] * w.in[0] * w.in[1] * w.channels;
    for (std::int64_t x = 0; x < w.out[1]; ++x)
      body(image, job % w.out[0], x, output + (job * w.out[1] + x) * w.channels);
  });
}

}  // namespace

void max_pool2d(const Window2D& w, std::int64_t images, const float* input, float* output, ThreadPool& pool) {
  for_positions(w, images, input, output, pool,
                [&](const float* image, std::int64_t y, std::int64_t x, float* out) {
                  std::fill_n(out, w.channels, -std::numeric_limits<float>::infinity());
                  for_window(w, image, y, x, [&](const float* pixel) {
                    // A NaN wins and stays, so that it shows downstream instead of vanishing here.
                    for (std::int64_t c = 0; c < w.channels; ++c)
                      out[c] = pixel[c] > out[c] || pixel[c] != pixel[c] ? pixel[c] : out[c];
                  });
                });
}

void average_pool2d(const Window2D& w, std::int64_t images, const float* input, float* output,
                    ThreadPool& pool) {
  for_positions(w, images, input, output, pool,
                [&](const float* image, std::int64_t y, std::int64_t x, float* out) {
                  std::fill_n(out, w.channels, 0.0F);
                  const std::int64_t count = for_window(w, image, y, x, [&](const float* pixel) {
                    for (std::int64_t c = 0; c < w.channels; ++c) out[c] += pixel[c];
                  });
                  const float inverse = count > 0 ? 1.0F / static_cast<float>(count) : 0.0F;
                  for (std::int64_t c = 0; c < w.channels; ++c) out[c] *= inverse;
                });
}

}  // namespace nv
