#include "nv/data/image_check.h"

#include "nv/core/bytes.h"

namespace nv {

namespace {

std::int64_t number(std::span<const std::byte> bytes, std::size_t at, std::size_t width) {
  return static_cast<std::int64_t>(little_endian(bytes, at, width));
}

/// A segment of Huffman tables: 17 bytes with the numbers of codes of each length, then as many symbols.
bool huffman_tables_are_sound(std::span<const std::byte> tables) {
  constexpr std::size_t most_symbols = 256;
  while (!tables.empty()) {
    if (tables.size() < 17) return false;
    std::size_t symbols = 0;
    for (std::size_t i = 1; i < 17; ++i) symbols += std::to_integer<std::size_t>(tables[i]);
    if (symbols > most_symbols || tables.size() < 17 + symbols) return false;
    tables = tables.subspan(17 + symbols);
  }
  return true;
}

bool bmp_is_complete(std::span<const std::byte> bytes, std::int64_t pixels) {
  constexpr std::size_t header = 34;
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (bytes.size() < header || number(bytes, 14, 4) < 40) return size * 8 >= pixels;
  const bool packed = number(bytes, 30, 4) != 0;
  return packed || size >= number(bytes, 10, 4) + pixels * number(bytes, 28, 2) / 8;
}

bool tga_is_complete(std::span<const std::byte> bytes, std::int64_t pixels) {
  constexpr std::size_t header = 18;
  if (bytes.size() < header) return false;
  const std::int64_t kind = number(bytes, 2, 1);
  const bool plain = kind >= 1 && kind <= 3;
  return !plain || static_cast<std::int64_t>(bytes.size() - header) >= pixels * number(bytes, 16, 1) / 8;
}

/// Bytes of one run-length encoded channel of one row; 0 if it is damaged.
std::size_t hdr_channel_bytes(std::span<const std::byte> bytes, std::int64_t width) {
  std::size_t at = 0;
  while (width > 0) {
    if (at >= bytes.size()) return 0;
    const auto count = std::to_integer<std::int64_t>(bytes[at]);
    const std::int64_t written = count > 128 ? count - 128 : count;
    if (written == 0 || written > width) return 0;
    width -= written;
    at += 1 + (count > 128 ? 1 : static_cast<std::size_t>(count));
  }
  return at <= bytes.size() ? at : 0;
}

/// Rows of Radiance files: four bytes, then each of the four channels run-length encoded; or plain pixels of
/// four bytes.
bool hdr_is_complete(std::span<const std::byte> bytes, const Picture& claimed) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const std::size_t blank = text.find("\n\n");
  const std::size_t start = blank == std::string_view::npos ? blank : text.find('\n', blank + 2);
  // stb_image takes a line that begins with a zero byte for the empty line.
  if (start == std::string_view::npos || text.substr(0, start).find('\0') != std::string_view::npos)
    return false;
  const std::span<const std::byte> data = bytes.subspan(start + 1);
  const std::size_t flat = 4 * static_cast<std::size_t>(claimed.width * claimed.height);
  if (claimed.width < 8 || claimed.width >= 32768) return data.size() >= flat;
  std::size_t at = 0;
  for (std::int64_t row = 0; row < claimed.height; ++row) {
    if (data.size() - at < 4) return false;
    const bool encoded = data[at] == std::byte{2} && data[at + 1] == std::byte{2} &&
                         (data[at + 2] & std::byte{0x80}) == std::byte{0};
    if (!encoded) return data.size() - at >= flat;
    at += 4;
    for (int channel = 0; channel < 4; ++channel) {
      const std::size_t size = hdr_channel_bytes(data.subspan(at), claimed.width);
      if (size == 0) return false;
      at += size;
    }
  }
  return true;
}

}  // namespace

// Goes from marker to marker until the end of the image, which must come after a scan. In a scan, 0xFF is
// followed by a zero or a restart marker.
bool jpeg_is_sound(std::span<const std::byte> bytes) {
  constexpr int huffman = 0xC4;
  constexpr int start_of_scan = 0xDA;
  constexpr int end_of_image = 0xD9;
  bool scan = false;
  for (std::size_t at = 2; at + 1 < bytes.size();) {
    if (bytes[at] != std::byte{0xFF} || bytes[at + 1] == std::byte{0xFF}) {
      ++at;
      continue;
    }
    const int marker = std::to_integer<int>(bytes[at + 1]);
    at += 2;
    if (marker == end_of_image) return scan;
    if (marker <= 1 || (marker >= 0xD0 && marker <= 0xD8)) continue;  // markers without a segment
    if (bytes.size() - at < 2) return false;
    const std::size_t length =
        std::to_integer<std::size_t>(bytes[at]) << 8 | std::to_integer<std::size_t>(bytes[at + 1]);
    if (length < 2 || bytes.size() - at < length) return false;
    if (marker == huffman && !huffman_tables_are_sound(bytes.subspan(at + 2, length - 2))) return false;
    scan = scan || marker == start_of_scan;
    at += length;
  }
  return false;
}

bool is_complete(std::span<const std::byte> bytes, std::string_view format, const Picture& claimed) {
  const std::int64_t pixels = claimed.width * claimed.height;
  if (format == "BMP") return bmp_is_complete(bytes, pixels);
  if (format == "TGA") return tga_is_complete(bytes, pixels);
  if (format == "HDR") return hdr_is_complete(bytes, claimed);
  return true;
}

}  // namespace nv
