#include "nv/data/image.h"

#define STBI_MAX_DIMENSIONS (1 << 20)  // as stb_image.cpp has it
#include <stb_image.h>

#include <algorithm>
#include <array>
#include <climits>
#include <memory>

#include "nv/core/bytes.h"
#include "nv/core/error.h"
#include "nv/core/memory.h"
#include "nv/core/text.h"
#include "nv/data/exif.h"
#include "nv/data/image_check.h"
#include "nv/data/image_formats.h"

namespace nv {

namespace {

/// No format packs more pixels into a byte (a blank 1-bit PNG has 8256): a header that claims more is wrong.
constexpr std::int64_t most_pixels_in_a_byte = 10000;

std::string lower_extension(std::string_view file) {
  const std::size_t dot = file.find_last_of("./");
  return dot == std::string_view::npos || file[dot] != '.' ? "" : ascii_lower(file.substr(dot));
}

struct Free {
  void operator()(stbi_uc* pixels) const { stbi_image_free(pixels); }
};

/// The size that the header claims.
struct Claim {
  int width = 0, height = 0, channels = 0;
  int bytes = 1;  ///< per value while it is decoded
  std::int64_t pixels() const { return std::int64_t{width} * height; }
};

std::int64_t big_endian(std::span<const std::byte> bytes, std::size_t at) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | std::to_integer<std::int64_t>(bytes[at + i]);
  return value;
}

[[noreturn]] void throw_too_large(std::string_view format, std::int64_t width, std::int64_t height,
                                  const std::string& file) {
  throw_input("{}: a {} of {} x {} pixels is larger than nv reads (at most {} million pixels, {} a side)",
              file, format, width, height, most_pixels / 1000000, STBI_MAX_DIMENSIONS);
}

/// stb_image's message, which may quote the file.
std::string failure() {
  return one_line(stbi_failure_reason());
}

/// stb_image says "too large" for pictures that it does not unpack.
[[noreturn]] void throw_failure(std::string_view format, const Claim& claim, const std::string& reason,
                                const std::string& file) {
  if (reason == "too large" || reason == "outofmem") {
    if (claim.width > 0) throw_too_large(format, claim.width, claim.height, file);
    throw_input("{}: a {} that is larger than nv reads (at most {} million pixels, {} a side)", file, format,
                most_pixels / 1000000, STBI_MAX_DIMENSIONS);
  }
  throw_input("{}: a damaged {} file ({})", file, format, reason);
}

/// Everything that stb_image uses while it decodes.
struct ImageDecoding : DecodedBytes {
  Claim claim;
  std::unique_ptr<stbi_uc, Free> pixels;
  std::string failure;

  void run() {
    pixels.reset(stbi_load_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()),
                                       static_cast<int>(bytes.size()), &claim.width, &claim.height,
                                       &claim.channels, 0));
    if (pixels == nullptr) failure = nv::failure();
  }
};

/// Reads the size from the header. That of a PNG is read here: stb_image calls one that is too large damaged.
Claim claim_of(std::span<const std::byte> bytes, std::string_view format, const std::string& file) {
  Claim claim;
  if (format == "PNG" && bytes.size() >= 26) {
    const std::int64_t width = big_endian(bytes, 16), height = big_endian(bytes, 20);
    if (width <= 0 || height <= 0 || width > INT_MAX || height > INT_MAX)
      throw_input("{}: a damaged PNG file (its size is {} x {})", file, width, height);
    if (width > STBI_MAX_DIMENSIONS || height > STBI_MAX_DIMENSIONS || width * height > most_pixels)
      throw_too_large(format, width, height, file);
    claim.bytes = bytes[24] == std::byte{16} ? 2 : 1;
  } else if (format == "HDR") {
    claim.bytes = 4;
  } else if (format == "PSD") {
    claim.bytes = 2;
  }
  if (stbi_info_from_memory(reinterpret_cast<const stbi_uc*>(bytes.data()), static_cast<int>(bytes.size()),
                            &claim.width, &claim.height, &claim.channels) == 0 ||
      claim.width <= 0 || claim.height <= 0)
    throw_failure(format, {}, failure(), file);
  return claim;
}

/// Largest memory of stb_image while it decodes: planes and coefficients, or unpacked rows, and the result,
/// which is then copied.
std::uint64_t decoding_bytes(const Claim& claim, std::string_view format) {
  const std::int64_t values = format == "GIF" ? 13 : 4LL * std::max(claim.channels, 3) * claim.bytes;
  return static_cast<std::uint64_t>(claim.pixels()) * static_cast<std::uint64_t>(values);
}

Picture decode_by_stb(std::span<const std::byte> bytes, std::string_view format, const std::string& file) {
  const std::string damaged = fmt::format("{}: the {} file is cut short or damaged", file, format);
  if (format == "JPEG" && !jpeg_is_sound(bytes)) throw Error(ErrorKind::input, damaged);
  const Claim claim = claim_of(bytes, format, file);
  if (claim.pixels() > most_pixels) throw_too_large(format, claim.width, claim.height, file);
  const int size = static_cast<int>(bytes.size());
  if (claim.pixels() / most_pixels_in_a_byte > size)
    throw_input("{}: {} x {} pixels cannot be in {} bytes", file, claim.width, claim.height, size);
  if (!is_complete(bytes, format, {claim.width, claim.height, claim.channels, {}}))
    throw Error(ErrorKind::input, damaged);
  check_picture_memory(decoding_bytes(claim, format), format, claim.width, claim.height, file);
  const auto decoding = std::make_shared<ImageDecoding>();
  decoding->claim = claim;
  run_decoding(decoding, bytes, claim.pixels());
  if (decoding->pixels == nullptr) throw_failure(format, claim, decoding->failure, file);
  const Claim& c = decoding->claim;
  const std::size_t count = static_cast<std::size_t>(c.pixels()) * static_cast<std::size_t>(c.channels);
  return {c.width, c.height, c.channels,
          std::vector<std::uint8_t>(decoding->pixels.get(), decoding->pixels.get() + count)};
}

}  // namespace

void check_picture_size(std::string_view format, std::int64_t width, std::int64_t height,
                        const std::string& file) {
  if (height > most_pixels / width)
    throw_input("{}: a {} of {} x {} pixels is larger than nv reads (at most {} million pixels)", file,
                format, width, height, most_pixels / 1000000);
}

void check_picture_memory(std::uint64_t bytes, std::string_view format, std::int64_t width,
                          std::int64_t height, const std::string& file) {
  check_memory(bytes, fmt::format("{}: a {} of {} x {} pixels", file, format, width, height));
}

bool is_transparent(const Picture& picture) {
  if (picture.channels % 2 != 0) return false;
  const auto step = static_cast<std::size_t>(picture.channels);
  for (std::size_t at = step - 1; at < picture.pixels.size(); at += step)
    if (picture.pixels[at] != 255) return true;
  return false;
}

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
  if (starts_with(head, "RIFF") && head.size() >= 12 && starts_with(head.subspan(8), "WEBP")) return "WebP";
  if (starts_with(head, "P") && head.size() > 2 && head[1] >= std::byte{'1'} && head[1] <= std::byte{'6'} &&
      (space(head[2]) || head[2] == std::byte{'#'}))
    return "PNM";
  // stb_image would take a file that begins with 0xFF for a JPEG.
  if (lower_extension(file) == ".tga" && !starts_with(head, "\xff")) return "TGA";
  return "";
}

std::string_view other_image_format(std::span<const std::byte> head) {
  using namespace std::string_view_literals;
  if (starts_with(head, "II*\0"sv) || starts_with(head, "MM\0*"sv) || starts_with(head, "II+\0"sv))
    return "TIFF";
  if (starts_with(head, "\0\0\0\x0cjP  "sv) || starts_with(head, "\xff\x4f\xff\x51")) return "JPEG 2000";
  if (starts_with(head, "\0\0\0\x0cJXL "sv) || starts_with(head, "\xff\x0a")) return "JPEG XL";
  if (head.size() >= 12 && starts_with(head.subspan(4), "ftyp")) {
    const std::span<const std::byte> brand = head.subspan(8);
    if (starts_with(brand, "avif") || starts_with(brand, "avis")) return "AVIF";
    for (const char* heif : {"heic", "heix", "hevc", "heim", "heis", "mif1", "msf1"})
      if (starts_with(brand, heif)) return "HEIC";
  }
  if (starts_with(head, "P7\n")) return "PAM";
  if (starts_with(head, "<svg") ||
      (starts_with(head, "<?xml") && [&] { return as_text(head).find("<svg") != std::string_view::npos; }()))
    return "SVG";
  return "";
}

bool has_image_name(std::string_view file) {
  constexpr std::array<std::string_view, 13> extensions{".png", ".jpg", ".jpeg", ".webp", ".bmp",
                                                        ".gif", ".tga", ".psd",  ".hdr",  ".pnm",
                                                        ".pbm", ".pgm", ".ppm"};
  return std::ranges::find(extensions, lower_extension(file)) != extensions.end();
}

Picture decode_image(std::span<const std::byte> bytes, const std::string& file) {
  const std::string_view format = image_format(bytes, file);
  if (bytes.empty()) throw_input("{}: is empty", file);
  if (format.empty()) throw_input("{}: not an image", file);
  if (bytes.size() > INT_MAX) throw_input("{}: larger than {} bytes", file, INT_MAX);
  Picture picture = format == "PNM"    ? decode_pnm(bytes, file)
                    : format == "WebP" ? decode_webp(bytes, file)
                                       : decode_by_stb(bytes, format, file);
  return upright(std::move(picture), exif_orientation(bytes, format));
}

}  // namespace nv
