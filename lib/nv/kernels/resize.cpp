#include "nv/kernels/resize.h"

#include <algorithm>
#include <cassert>
#include <vector>

namespace nv {

namespace {

/// Row `y` of the new image: the weighted sum of old rows, and along it those of its pixels.
void resize_row(const Resampling& rows, const Resampling& columns, std::int64_t channels, const float* source,
                std::int64_t y, float* target) {
  const std::int64_t row_size = columns.source * channels;
  std::vector<float> sum(static_cast<std::size_t>(row_size), 0.0F);
  const auto taps = [](const Resampling& r, std::int64_t i) {
    return std::pair(static_cast<std::size_t>(r.starts[static_cast<std::size_t>(i)]),
                     static_cast<std::size_t>(r.starts[static_cast<std::size_t>(i) + 1]));
  };
  const auto [first, last] = taps(rows, y);
  for (std::size_t t = first; t < last; ++t) {
    const float* from = source + rows.from[t] * row_size;
    for (std::int64_t i = 0; i < row_size; ++i) sum[static_cast<std::size_t>(i)] += rows.weights[t] * from[i];
  }
  std::fill_n(target, columns.target() * channels, 0.0F);
  for (std::int64_t x = 0; x < columns.target(); ++x, target += channels) {
    const auto [begin, end] = taps(columns, x);
    for (std::size_t t = begin; t < end; ++t) {
      const float* from = sum.data() + columns.from[t] * channels;
      for (std::int64_t c = 0; c < channels; ++c) target[c] += columns.weights[t] * from[c];
    }
  }
}

void resize_by(Resampler method, std::span<const float> source, const ImageSize& size,
               std::span<float> target, std::int64_t height, std::int64_t width) {
  assert(size.height > 0 && size.width > 0 && height > 0 && width > 0);
  assert(static_cast<std::int64_t>(source.size()) == size.elements());
  assert(static_cast<std::int64_t>(target.size()) == height * width * size.channels);
  const Resampling rows = method(size.height, height), columns = method(size.width, width);
  for (std::int64_t y = 0; y < height; ++y)
    resize_row(rows, columns, size.channels, source.data(), y, target.data() + y * width * size.channels);
}

}  // namespace

void resize_nearest(std::span<const float> source, const ImageSize& size, std::span<float> target,
                    std::int64_t height, std::int64_t width) {
  resize_by(nearest_resampling, source, size, target, height, width);
}

void resize_bilinear(std::span<const float> source, const ImageSize& size, std::span<float> target,
                     std::int64_t height, std::int64_t width) {
  resize_by(bilinear_resampling, source, size, target, height, width);
}

void resize_area(std::span<const float> source, const ImageSize& size, std::span<float> target,
                 std::int64_t height, std::int64_t width) {
  resize_by(area_resampling, source, size, target, height, width);
}

void resize(const Resampling& rows, const Resampling& columns, std::int64_t channels, std::int64_t images,
            const float* source, float* target, ThreadPool& pool) {
  const std::int64_t in = rows.source * columns.source * channels, height = rows.target();
  pool.for_each(images * height, [&](std::int64_t job) {
    resize_row(rows, columns, channels, source + job / height * in, job % height,
               target + job * columns.target() * channels);
  });
}

}  // namespace nv
