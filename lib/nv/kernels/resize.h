// Changing the size of images, (H, W, C) floats with the channels side by side. Knows no layer and no file.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "nv/core/parallel.h"
#include "nv/kernels/resampling.h"

namespace nv {

/// Of an image (H, W, C).
struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;

  std::int64_t elements() const { return height * width * channels; }
};

/// Fills `into` with row `y` of an image.
using RowReader = std::function<void(std::int64_t y, std::span<float> into)>;

/// Resizes an image of rows.source x columns.source with `channels` side by side to rows.target() x
/// columns.target(). Holds two rows at a time: `read` is called for each as it is needed, possibly more than
/// once.
void resize_rows(const Resampling& rows, const Resampling& columns, std::int64_t channels,
                 const RowReader& read, std::span<float> target);

/// `images` images of rows.source x columns.source to ones of rows.target() x columns.target(), `channels`
/// side by side. With transposed resamplings: the gradient.
void resize(const Resampling& rows, const Resampling& columns, std::int64_t channels, std::int64_t images,
            const float* source, float* target, ThreadPool& pool);

}  // namespace nv
