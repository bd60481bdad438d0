#include "nv/data/exif.h"

#include <algorithm>
#include <optional>

#include "nv/core/bytes.h"
#include "nv/core/interrupt.h"

namespace nv {

namespace {

using ByteSpan = std::span<const std::byte>;

std::size_t number(ByteSpan bytes, std::size_t at, std::size_t width, bool big_endian) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < width; ++i)
    value = value << 8 | std::to_integer<std::size_t>(bytes[at + (big_endian ? i : width - 1 - i)]);
  return value;
}

/// Each marker is followed by a length of two bytes, up to the first scan.
std::optional<ByteSpan> exif_in_jpeg(ByteSpan file) {
  for (std::size_t at = 2; at + 4 <= file.size() && file[at] == std::byte{0xFF};) {
    const auto marker = std::to_integer<int>(file[at + 1]);
    if (marker == 0xFF) {  // padding
      ++at;
      continue;
    }
    const std::size_t length = number(file, at + 2, 2, true);
    if (marker == 0xDA || length < 2 || file.size() - at - 2 < length) break;
    const ByteSpan data = file.subspan(at + 4, length - 2);
    if (marker == 0xE1 && starts_with(data, std::string_view("Exif\0\0", 6))) return data;
    at += 2 + length;
  }
  return std::nullopt;
}

/// PNG chunks: length, name, data, checksum. RIFF chunks: name, length, data, padded to an even size.
std::optional<ByteSpan> exif_in_chunks(ByteSpan file, bool png) {
  for (std::size_t at = png ? 8 : 12; at + 8 <= file.size();) {
    const std::size_t length = number(file, at + (png ? 0 : 4), 4, png);
    const ByteSpan name = file.subspan(at + (png ? 4 : 0), 4);
    if (file.size() - at - 8 < length) break;
    if (starts_with(name, png ? "eXIf" : "EXIF")) return file.subspan(at + 8, length);
    at += 8 + length + (png ? 4 : length % 2);
  }
  return std::nullopt;
}

/// Reads the first directory after a TIFF header.
int orientation_in(ByteSpan exif) {
  if (starts_with(exif, std::string_view("Exif\0\0", 6))) exif = exif.subspan(6);
  const bool big_endian = starts_with(exif, "MM");
  if (exif.size() < 8 || (!big_endian && !starts_with(exif, "II")) || number(exif, 2, 2, big_endian) != 42)
    return 1;
  const std::size_t directory = number(exif, 4, 4, big_endian);
  if (exif.size() < 2 || directory > exif.size() - 2) return 1;
  const std::size_t entries = number(exif, directory, 2, big_endian);
  for (std::size_t i = 0; i < entries; ++i) {
    const std::size_t at = directory + 2 + 12 * i;
    if (at + 12 > exif.size()) break;
    constexpr std::size_t orientation = 0x0112, as_short = 3;
    if (number(exif, at, 2, big_endian) != orientation || number(exif, at + 2, 2, big_endian) != as_short)
      continue;
    const std::size_t value = number(exif, at + 8, 2, big_endian);
    return value >= 1 && value <= 8 ? static_cast<int>(value) : 1;
  }
  return 1;
}

}  // namespace

int exif_orientation(ByteSpan file, std::string_view format) {
  std::optional<ByteSpan> exif;
  if (format == "JPEG") exif = exif_in_jpeg(file);
  if (format == "PNG" || format == "WebP") exif = exif_in_chunks(file, format == "PNG");
  return exif ? orientation_in(*exif) : 1;
}

Picture upright(Picture picture, int orientation) {
  if (orientation <= 1 || orientation > 8) return picture;
  const std::int64_t w = picture.width, h = picture.height, c = picture.channels;
  const bool sideways = orientation >= 5;
  Picture result{sideways ? h : w, sideways ? w : h, c, std::vector<std::uint8_t>(picture.pixels.size()),
                 orientation};
  std::uint8_t* to = result.pixels.data();
  for (std::int64_t y = 0; y < result.height; ++y) {
    if (y % 64 == 0) check_interrupt();
    for (std::int64_t x = 0; x < result.width; ++x, to += c) {
      std::int64_t from_x = sideways ? y : x, from_y = sideways ? x : y;
      if (orientation == 2 || orientation == 3 || orientation == 7 || orientation == 8)
        from_x = w - 1 - from_x;
      if (orientation == 3 || orientation == 4 || orientation == 6 || orientation == 7)
        from_y = h - 1 - from_y;
      std::copy_n(picture.pixels.data() + (from_y * w + from_x) * c, c, to);
    }
  }
  return result;
}

}  // namespace nv
