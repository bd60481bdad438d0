// Reading image files: PNG, JPEG, BMP, GIF (first frame), TGA, PSD and HDR by stb_image, WebP by libwebp, and
// PNM.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/file.h"

namespace nv {

/// 8-bit pixels, row by row from the top left, channels side by side: grey (1), grey and alpha (2), RGB (3),
/// RGBA (4).
struct Picture {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t channels = 0;
  std::vector<std::uint8_t> pixels;
  int orientation = 1;  ///< of the file (EXIF), 1 to 8; the pixels are upright already
};

/// Whether the picture has an alpha channel and any pixel is not opaque.
bool is_transparent(const Picture& picture);

/// Format by a file's first bytes (16 suffice), such as "PNG"; "" for none. TGA has no signature: a `file`
/// that ends in .tga counts as TGA.
std::string_view image_format(std::span<const std::byte> head, std::string_view file);

/// Format of a picture that nv cannot read, such as "TIFF"; "" for none.
std::string_view other_image_format(std::span<const std::byte> head);

/// Whether the name has an image's extension: .png, .jpg, .jpeg, .webp, .bmp, .gif, .tga, .psd, .hdr, .pnm,
/// .pbm, .pgm, .ppm.
bool has_image_name(std::string_view file);

/// Decodes an image file. 16-bit pictures keep their upper 8 bits, HDR ones are tone-mapped with a gamma
/// of 2.2; pictures are rotated upright by their EXIF orientation. Throws Error(input), beginning with
/// `file`: not an image, damaged, cut short, more than 2^28 pixels, or more than fit into memory_limit().
Picture decode_image(std::span<const std::byte> bytes, const std::string& file);

}  // namespace nv
