// How the camera was held: EXIF's orientation (CIPA DC-008, tag 0x0112).
#pragma once

#include <span>
#include <string_view>

#include "nv/data/image.h"

namespace nv {

/// 1 to 8; 1, which is upright, where a JPEG, PNG or WebP file says nothing that can be understood.
int exif_orientation(std::span<const std::byte> file, std::string_view format);

/// The picture turned and mirrored as its orientation asks.
Picture upright(Picture picture, int orientation);

}  // namespace nv
