#include "nv/kernels/resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <vector>

namespace nv {

namespace {

/// Size of a source pixel step for one target pixel, in float32 as TensorFlow computes it.
float step(std::int64_t source, std::int64_t target) {
  return static_cast<float>(source) / static_cast<float>(target);
}

std::vector<std::int64_t> nearest_indices(std::int64_t source, std::int64_t target) {
  const float scale = step(source, target);
  std::vector<std::int64_t> indices(static_cast<std::size_t>(target));
  for (std::int64_t i = 0; i < target; ++i) {
    const float centre = (static_cast<float>(i) + 0.5F) * scale;
    indices[static_cast<std::size_t>(i)] =
        std::min(static_cast<std::int64_t>(std::floor(centre)), source - 1);
  }
  return indices;
}

/// A new value is between `lower` and `upper`, `share` of the way.
struct Between {
  std::int64_t lower;
  std::int64_t upper;
  float share;
};

std::vector<Between> bilinear_weights(std::int64_t source, std::int64_t target) {
  const float scale = step(source, target);
  std::vector<Between> weights;
  weights.reserve(static_cast<std::size_t>(target));
  for (std::int64_t i = 0; i < target; ++i) {
    const float centre = (static_cast<float>(i) + 0.5F) * scale - 0.5F;
    const float below = std::floor(centre);
    weights.push_back({std::max<std::int64_t>(static_cast<std::int64_t>(below), 0),
                       std::min(static_cast<std::int64_t>(std::ceil(centre)), source - 1), centre - below});
  }
  return weights;
}

/// A new value is the weighted sum of the source values from `first` on.
struct Cover {
  std::int64_t first;
  std::vector<float> weights;
};

std::vector<Cover> area_weights(std::int64_t source, std::int64_t target) {
  const double scale = static_cast<double>(source) / static_cast<double>(target);
  std::vector<Cover> covers;
  covers.reserve(static_cast<std::size_t>(target));
  for (std::int64_t i = 0; i < target; ++i) {
    const double from = static_cast<double>(i) * scale;
    const double to = std::min(static_cast<double>(i + 1) * scale, static_cast<double>(source));
    Cover cover{static_cast<std::int64_t>(from), {}};
    for (std::int64_t s = cover.first; s < source && static_cast<double>(s) < to; ++s) {
      const double part = std::min(to, static_cast<double>(s + 1)) - std::max(from, static_cast<double>(s));
      cover.weights.push_back(static_cast<float>(part / (to - from)));
    }
    covers.push_back(std::move(cover));
  }
  return covers;
}

void check(std::span<const float> source, const ImageSize& size, std::span<float> target, std::int64_t height,
           std::int64_t width) {
  assert(size.height > 0 && size.width > 0 && height > 0 && width > 0);
  assert(static_cast<std::int64_t>(source.size()) == size.elements());
  assert(static_cast<std::int64_t>(target.size()) == height * width * size.channels);
  (void)source, (void)size, (void)target, (void)height, (void)width;
}

}  // namespace

void resize_nearest(std::span<const float> source, const ImageSize& size, std::span<float> target,
                    std::int64_t height, std::int64_t width) {
  check(source, size, target, height, width);
  const std::vector<std::int64_t> rows = nearest_indices(size.height, height);
  const std::vector<std::int64_t> columns = nearest_indices(size.width, width);
  float* out = target.data();
  for (std::int64_t y : rows)
    for (std::int64_t x : columns)
      out = std::copy_n(source.data() + (y * size.width + x) * size.channels, size.channels, out);
}

void resize_bilinear(std::span<const float> source, const ImageSize& size, std::span<float> target,
                     std::int64_t height, std::int64_t width) {
  check(source, size, target, height, width);
  const std::vector<Between> rows = bilinear_weights(size.height, height);
  const std::vector<Between> columns = bilinear_weights(size.width, width);
  float* out = target.data();
  for (const Between& row : rows) {
    const float* upper = source.data() + row.lower * size.width * size.channels;
    const float* lower = source.data() + row.upper * size.width * size.channels;
    for (const Between& column : columns)
      for (std::int64_t c = 0; c < size.channels; ++c) {
        const std::int64_t left = column.lower * size.channels + c;
        const std::int64_t right = column.upper * size.channels + c;
        const float top = upper[left] + (upper[right] - upper[left]) * column.share;
        const float bottom = lower[left] + (lower[right] - lower[left]) * column.share;
        *out++ = top + (bottom - top) * row.share;
      }
  }
}

void resize_area(std::span<const float> source, const ImageSize& size, std::span<float> target,
                 std::int64_t height, std::int64_t width) {
  check(source, size, target, height, width);
  const std::vector<Cover> rows = area_weights(size.height, height);
  const std::vector<Cover> columns = area_weights(size.width, width);
  const std::int64_t row_size = size.width * size.channels;
  std::vector<float> squeezed(static_cast<std::size_t>(row_size));  // the rows that one new row covers
  float* out = target.data();
  for (const Cover& row : rows) {
    std::ranges::fill(squeezed, 0.0F);
    for (std::size_t r = 0; r < row.weights.size(); ++r) {
      const float* from = source.data() + (row.first + static_cast<std::int64_t>(r)) * row_size;
      for (std::size_t i = 0; i < squeezed.size(); ++i) squeezed[i] += row.weights[r] * from[i];
    }
    for (const Cover& column : columns)
      for (std::int64_t c = 0; c < size.channels; ++c) {
        float sum = 0.0F;
        for (std::size_t k = 0; k < column.weights.size(); ++k)
          sum += column.weights[k] * squeezed[static_cast<std::size_t>(
                                         (column.first + static_cast<std::int64_t>(k)) * size.channels + c)];
        *out++ = sum;
      }
  }
}

}  // namespace nv
