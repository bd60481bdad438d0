// EXIF orientation (CIPA DC-008, tag 0x0112).
#pragma once

#include <span>
#include <string_view>

#include "nv/data/image.h"

namespace nv {

/// Orientation of a JPEG, PNG or WebP file, 1 to 8; 1 (upright) if it has none.
int exif_orientation(std::span<const std::byte> file, std::string_view format);

/// The picture rotated and mirrored so that it is upright.
Picture upright(Picture picture, int orientation);

}  // namespace nv
