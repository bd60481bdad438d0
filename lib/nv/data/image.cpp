#include "nv/data/image.h"

#include <stb_image.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstring>
#include <memory>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/data/image_check.h"

namespace nv {

namespace {

constexpr std::int64_t most_pixels = std::int64_t{1} << 28;
/// No format packs more pixels into a byte (a blank 1-bit PNG has 8256), so a larger picture in so few bytes
/// is a lie that would cost memory.
constexpr std::int64_t most_pixels_in_a_byte = 10000;

bool starts_with(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() && std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

std::string lower_extension(std::string_view file) {
  const std::size_t dot = file.find_last_of("./");
  if (dot == std::string_view::npos || file[dot] != '.') return "";
  std::string extension(file.substr(dot));
  for (char& c : extension)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return extension;
}

/// stb_image's word, which may quote the file.
std::string failure() {
  return one_line(valid_utf8(stbi_failure_reason()));
}

struct Free {
  void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
};

}  // namespace

std::string_view image_format(std::span<const std::byte> head, std::string_view file) {
  if (starts_with(head, "\x89PNG\r\n\x1a\n")) return "PNG";
  if (starts_with(head, "\xff\xd8\xff")) return "JPEG";
  if (starts_with(head, "GIF87a") || starts_with(head, "GIF89a")) return "GIF";
  if (starts_with(head, "BM")) return "BMP";
  if (starts_with(head, "8BPS")) return "PSD";
  if (starts_with(head, "#?RADIANCE") || starts_with(head, "#?RGBE")) return "HDR";
  const auto space = [](std::byte b) {
    return b == std::byte{' '} || (b >= std::byte{9} && b <= std::byte{13});
  };
  if ((starts_with(head, "P5") || starts_with(head, "P6")) && head.size() > 2 && space(head[2])) return "PNM";
  // stb_image would take one that begins with 0xFF for a JPEG.
  if (lower_extension(file) == ".tga" && !starts_with(head, "\xff")) return "TGA";
  return "";
}

bool has_image_name(std::string_view file) {
  constexpr std::array<std::string_view, 11> extensions{".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tga",
                                                        ".psd", ".hdr", ".pnm",  ".pgm", ".ppm"};
  return std::ranges::find(extensions, lower_extension(file)) != extensions.end();
}

Picture decode_image(std::span<const std::byte> bytes, const std::string& file) {
  const std::string_view format = image_format(bytes, file);
  if (bytes.empty()) throw_input("{}: is empty", file);
  if (format.empty()) throw_input("{}: not an image", file);
  if (bytes.size() > INT_MAX) throw_input("{}: larger than {} bytes", file, INT_MAX);
  const auto* data = reinterpret_cast<const stbi_uc*>(bytes.data());
  const int size = static_cast<int>(bytes.size());
  int width = 0;
  int height = 0;
  int channels = 0;
  const std::string damaged = fmt::format("{}: the {} file is cut short or damaged", file, format);
  if (format == "JPEG" && !jpeg_is_sound(bytes)) throw Error(ErrorKind::input, damaged);
  if (stbi_info_from_memory(data, size, &width, &height, &channels) == 0 || width <= 0 || height <= 0)
    throw_input("{}: a damaged {} file ({})", file, format, failure());
  const std::int64_t pixels = std::int64_t{width} * height;
  if (pixels > most_pixels) throw_input("{}: {} x {} pixels are too many", file, width, height);
  if (pixels / most_pixels_in_a_byte > size)
    throw_input("{}: {} x {} pixels cannot be in {} bytes", file, width, height, size);
  if (!is_complete(bytes, format, {width, height, channels, {}})) throw Error(ErrorKind::input, damaged);
  const std::unique_ptr<stbi_uc, Free> decoded(
      stbi_load_from_memory(data, size, &width, &height, &channels, 0));
  if (decoded == nullptr) throw_input("{}: a damaged {} file ({})", file, format, failure());
  const auto count =
      static_cast<std::size_t>(width) * static_cast<std::size_t>(height) * static_cast<std::size_t>(channels);
  return {width, height, channels, std::vector<std::uint8_t>(decoded.get(), decoded.get() + count)};
}

}  // namespace nv
