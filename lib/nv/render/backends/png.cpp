#include "nv/render/backends/png.h"

#include <libdeflate.h>

#include <array>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "nv/core/error.h"

namespace {

// Measured: on the sheets of LeNet-5 level 6 is as fast as level 1 and its files half as large; on 64 maps of
// 224 x 224, where nearly every pixel differs, it takes three times as long for an eighth less.
constexpr int thorough = 6, fast = 1;
constexpr int large = 1 << 22;  // bytes

/// stb_image_write's hook: a zlib stream in malloc'd memory, or null.
unsigned char* deflated(unsigned char* data, int length, int* out_length, int /*quality*/) {
  const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
      libdeflate_alloc_compressor(length > large ? fast : thorough), libdeflate_free_compressor);
  if (!compressor) return nullptr;
  const auto size = static_cast<std::size_t>(length);
  const std::size_t most = libdeflate_zlib_compress_bound(compressor.get(), size);
  auto* out = static_cast<unsigned char*>(std::malloc(most));
  if (out == nullptr) return nullptr;
  *out_length = static_cast<int>(libdeflate_zlib_compress(compressor.get(), data, size, out, most));
  return out;
}

}  // namespace

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#define STBIW_ZLIB_COMPRESS deflated
// At least one byte: malloc(0) may return null.
#define STBIW_MALLOC(size) std::malloc(static_cast<std::size_t>(size) + 1)
#define STBIW_REALLOC(old, size) std::realloc(old, static_cast<std::size_t>(size) + 1)
#define STBIW_FREE(old) std::free(old)
#include <stb_image_write.h>

namespace nv::render {

namespace {

using Malloced = std::unique_ptr<unsigned char, void (*)(void*)>;

constexpr std::size_t header_at = 8, header_size = 25, after_header = header_at + header_size;
constexpr std::size_t colour_type_at = header_at + 8 + 9;
constexpr std::byte indexed{3};

/// An image of at most 256 colours, in order of appearance.
struct PaletteImage {
  std::vector<Rgb> palette;
  std::vector<std::uint8_t> pixels;
};

/// Numbers of colours, in a hash table with four times as many slots as colours.
class Palette {
 public:
  /// Returns -1 for a 257th colour.
  int index_of(Rgb colour) {
    const std::uint32_t key =
        std::uint32_t{1} << 24 | std::uint32_t{colour.r} << 16 | std::uint32_t{colour.g} << 8 | colour.b;
    if (key == last_key_) return last_;
    std::size_t slot = key * 2654435761U >> 22;
    while (keys_[slot] != 0 && keys_[slot] != key) slot = (slot + 1) % keys_.size();
    if (keys_[slot] == 0) {
      if (colours_.size() == 256) return -1;
      keys_[slot] = key;
      numbers_[slot] = static_cast<std::uint8_t>(colours_.size());
      colours_.push_back(colour);
    }
    last_key_ = key;
    return last_ = numbers_[slot];
  }
  std::vector<Rgb> colours() && { return std::move(colours_); }

 private:
  std::array<std::uint32_t, 1024> keys_{};
  std::array<std::uint8_t, 1024> numbers_{};
  std::vector<Rgb> colours_;
  std::uint32_t last_key_ = 0;
  int last_ = 0;
};

std::optional<PaletteImage> indexed_from(const Image& image) {
  PaletteImage out;
  out.pixels.resize(image.rgb.size() / 3);
  Palette palette;
  const auto width = static_cast<std::size_t>(image.width);
  for (std::size_t first = 0; first < out.pixels.size(); first += width) {
    const std::uint8_t* const rgb = image.rgb.data() + 3 * first;
    std::uint8_t* const to = out.pixels.data() + first;
    if (first > 0 &&
        std::memcmp(rgb, rgb - 3 * width, 3 * width) == 0) {  // most rows of a sheet repeat the last
      std::memcpy(to, to - width, width);
      continue;
    }
    for (std::size_t x = 0; x < width; ++x) {
      const int index = palette.index_of({rgb[3 * x], rgb[3 * x + 1], rgb[3 * x + 2]});
      if (index < 0) return std::nullopt;
      to[x] = static_cast<std::uint8_t>(index);
    }
  }
  out.palette = std::move(palette).colours();
  return out;
}

void append_number(std::string& to, std::uint32_t n) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<char>(n >> shift & 255U));
}

/// One PNG chunk: length, type, data, CRC of type and data.
void append_chunk(std::string& to, const std::string& type_and_data) {
  append_number(to, static_cast<std::uint32_t>(type_and_data.size() - 4));
  to += type_and_data;
  append_number(to, libdeflate_crc32(0, type_and_data.data(), type_and_data.size()));
}

std::string chunks_of(const PngNotes& notes) {
  std::string chunks;
  if (notes.dpi > 0) {
    const auto per_metre = static_cast<std::uint32_t>(std::lround(std::min(notes.dpi, 1e6) / 0.0254));
    std::string data = "pHYs";
    append_number(data, per_metre);
    append_number(data, per_metre);
    append_chunk(chunks, data + '\1');
  }
  for (const PngNotes::Entry& entry : notes.entries) {
    using namespace std::string_literals;
    append_chunk(chunks, "iTXt" + entry.keyword + "\0\0\0\0\0"s + entry.text);  // UTF-8, not compressed
  }
  return chunks;
}

std::string palette_chunk(std::span<const Rgb> palette) {
  std::string data = "PLTE", chunk;
  for (const Rgb c : palette)
    for (const std::uint8_t part : {c.r, c.g, c.b}) data.push_back(static_cast<char>(part));
  append_chunk(chunk, data);
  return chunk;
}

/// stb's file with `chunks` inserted after its header.
Bytes with_chunks(std::span<const unsigned char> file, const std::string& chunks) {
  Bytes out(file.size() + chunks.size());
  std::memcpy(out.data(), file.data(), after_header);
  std::memcpy(out.data() + after_header, chunks.data(), chunks.size());
  std::memcpy(out.data() + after_header + chunks.size(), file.data() + after_header,
              file.size() - after_header);
  return out;
}

/// stb writes no palettes, but an indexed file differs from a grey one only in the header's colour type.
void declare_indexed(Bytes& file) {
  file[colour_type_at] = indexed;
  std::string crc;
  append_number(crc, libdeflate_crc32(0, file.data() + header_at + 4, header_size - 8));
  std::memcpy(file.data() + after_header - 4, crc.data(), 4);
}

}  // namespace

Bytes encode_png(const Image& image, const PngNotes& notes) {
  // stb counts in int, and adds one byte per row.
  const double bytes = (3.0 * image.width + 1) * image.height;
  if (image.width < 1 || image.height < 1 || bytes > std::numeric_limits<int>::max() * 0.99)
    throw_output("a picture of {} x {} pixels cannot be a PNG file", image.width, image.height);
  // Flat squares compress well without a filter, and stb need not try all five on every row. Set once: stb
  // keeps it in a variable of this file.
  [[maybe_unused]] static const int filter = stbi_write_force_png_filter = 0;
  const std::optional<PaletteImage> few = indexed_from(image);
  const int channels = few ? 1 : 3;
  const unsigned char* const pixels = few ? few->pixels.data() : image.rgb.data();
  int length = 0;
  const Malloced file(
      stbi_write_png_to_mem(pixels, channels * image.width, image.width, image.height, channels, &length),
      std::free);
  if (!file || length < static_cast<int>(after_header))
    throw_output("a picture of {} x {} pixels: out of memory", image.width, image.height);
  const std::span<const unsigned char> written(file.get(), static_cast<std::size_t>(length));
  if (!few) return with_chunks(written, chunks_of(notes));
  Bytes out = with_chunks(written, chunks_of(notes) + palette_chunk(few->palette));
  declare_indexed(out);
  return out;
}

}  // namespace nv::render
