// Image files: PNG, JPEG, BMP, GIF (its first frame), TGA, PSD and HDR, as stb_image reads them, WebP by
// libwebp, and PNM.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/file.h"

namespace nv {

/// Pixels of 8 bits, row by row from the top left, channels side by side: grey (1), grey and alpha (2), RGB
/// (3), RGBA (4).
struct Picture {
  std::int64_t width = 0;
  std::int64_t height = 0;
  std::int64_t channels = 0;
  std::vector<std::uint8_t> pixels;
  int orientation = 1;  ///< EXIF's, 1 to 8, as the file had it: the pixels are upright already
};

/// Of a picture with a channel for it: whether any pixel is less than opaque.
bool is_transparent(const Picture& picture);

/// The format that a file's first bytes (16 suffice) show, as "PNG", or "" for none. TGA has no such mark, so
/// only a `file` that ends in .tga is taken for one.
std::string_view image_format(std::span<const std::byte> head, std::string_view file);

/// The format of a picture that is not read, as "TIFF"; "" for what shows none.
std::string_view other_image_format(std::span<const std::byte> head);

/// Whether the name ends like an image's: .png, .jpg, .jpeg, .webp, .bmp, .gif, .tga, .psd, .hdr, .pnm, .pbm,
/// .pgm, .ppm.
bool has_image_name(std::string_view file);

/// Throws Error(input), beginning with `file`: not an image, damaged, cut short, of more than 2^28 pixels, or
/// of more than go into the limit of memory, which is asked before memory is. 16-bit pictures keep their
/// upper 8 bits, HDR ones are tone-mapped with a gamma of 2.2; what EXIF says of how the camera was held is
/// undone.
Picture decode_image(std::span<const std::byte> bytes, const std::string& file);

}  // namespace nv
