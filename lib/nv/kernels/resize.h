// Changing the size of images, (H, W, C) floats with the channels side by side. Knows no layer and no file.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "nv/core/parallel.h"
#include "nv/kernels/resampling.h"

namespace nv {

struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;

  std::int64_t elements() const { return height * width * channels; }
};

/// As tf.image.resize(method="nearest"): the pixel under the centre of each new pixel. `target` holds height
/// * width * source_size.channels floats; so below.
void resize_nearest(std::span<const float> source, const ImageSize& source_size, std::span<float> target,
                    std::int64_t height, std::int64_t width);

/// As tf.image.resize(method="bilinear", antialias=False), which Keras's Resizing layer and
/// image_dataset_from_directory call: half-pixel centres, edges repeated, no smoothing when shrinking.
void resize_bilinear(std::span<const float> source, const ImageSize& source_size, std::span<float> target,
                     std::int64_t height, std::int64_t width);

/// As tf.image.resize(method="area"): the mean over the part of the image that each new pixel covers, pixels
/// at its edge counted by the share covered.
void resize_area(std::span<const float> source, const ImageSize& source_size, std::span<float> target,
                 std::int64_t height, std::int64_t width);

/// Fills `into` with row `y` of an image.
using RowReader = std::function<void(std::int64_t y, std::span<float> into)>;

/// An image of rows.source x columns.source with `channels` side by side, of which no more than a few rows
/// are held: `read` is asked for each as it is needed, maybe again. `target` as above.
void resize_rows(const Resampling& rows, const Resampling& columns, std::int64_t channels,
                 const RowReader& read, std::span<float> target);

/// `images` images of rows.source x columns.source to ones of rows.target() x columns.target(), `channels`
/// side by side. With transposed resamplings: the gradient.
void resize(const Resampling& rows, const Resampling& columns, std::int64_t channels, std::int64_t images,
            const float* source, float* target, ThreadPool& pool);

}  // namespace nv
