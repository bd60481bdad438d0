// Bringing a picture to the size and channels of a model's input: cutting, padding, resizing, converting
// channels.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "nv/core/shape.h"
#include "nv/data/image.h"
#include "nv/data/preprocess.h"
#include "nv/kernels/resize.h"

namespace nv {

/// What a picture becomes for an input.
struct PictureTarget {
  ImageSize size;       ///< after resizing
  Shape shape;          ///< of the tensor
  bool planes = false;  ///< channels before pixels
  bool flat = false;    ///< the input is a vector
};

/// Unknown axes of the input take the picture's size. Throws Error(input) if a picture cannot fill the input;
/// its text does not name the file.
PictureTarget picture_target(const Picture& picture, const InputSpec& spec);

/// A rectangle of a picture, in pixels, which may reach beyond it.
struct PictureRegion {
  std::int64_t top = 0, left = 0, height = 0, width = 0;
};

/// The part of the picture that is resized to `target`, according to `how.fit`. As Keras's smart_resize and
/// pad_to_aspect_ratio: the largest rectangle in the picture, or the smallest around it, with the target's
/// aspect ratio. Throws Error(input) if that has more than 2^28 pixels.
PictureRegion source_region(const Picture& picture, const ImageSize& target, const Preprocess& how);

/// The region at the size and with the channels of `target`: values 0..255 in RGB order, channels side by
/// side, zeros outside of the picture. Throws Error(input) if `how.resize` is none and the sizes differ.
std::vector<float> fit_picture(const Picture& picture, const PictureRegion& region, const ImageSize& target,
                               const Preprocess& how);

/// The side of a square of `n` pixels; nullopt if `n` is no square number.
std::optional<std::int64_t> square_side(std::int64_t n);

}  // namespace nv
