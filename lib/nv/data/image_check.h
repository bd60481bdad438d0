// What stb_image 2.27 does not check itself.
#pragma once

#include <span>
#include <string_view>

#include "nv/data/image.h"

namespace nv {

/// False for a JPEG that is cut short, which stb_image would fill up with grey, or whose Huffman tables it
/// would write beyond their end, even where it is only asked for the size.
bool jpeg_is_sound(std::span<const std::byte> bytes);

/// False for a BMP, TGA or HDR file that is cut short: stb_image fills such pictures up with black, and
/// nobody should look at the layers of that; an HDR file it reads for ever. `claimed` is the header's word,
/// without pixels.
bool is_complete(std::span<const std::byte> bytes, std::string_view format, const Picture& claimed);

}  // namespace nv
