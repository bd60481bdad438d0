// Checks that stb_image 2.27 lacks.
#pragma once

#include <span>
#include <string_view>

#include "nv/data/image.h"

namespace nv {

/// Whether a JPEG is complete and its Huffman tables are valid. stb_image fills the rest of a file that is
/// cut short with grey, and writes beyond the end of invalid tables, even when it only reads the size.
bool jpeg_is_sound(std::span<const std::byte> bytes);

/// Whether a BMP, TGA or HDR file has all its pixels; true for other formats. stb_image fills the rest with
/// black, and reads an HDR file that is cut short for ever. `claimed`: the size in the header, without
/// pixels.
bool is_complete(std::span<const std::byte> bytes, std::string_view format, const Picture& claimed);

}  // namespace nv
