#include "nv/render/backends/png.h"

#include <doctest/doctest.h>
#include <libdeflate.h>

#include <cstring>
#include <map>
#include <string>

#include "nv/core/error.h"

using namespace nv::render;

namespace {

struct Chunk {
  std::string type, data;
};

std::uint32_t number(const std::string& text, std::size_t at) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) n = n << 8 | static_cast<unsigned char>(text[at + i]);
  return n;
}

/// The chunks of a PNG file, their CRCs checked.
std::vector<Chunk> chunks(const nv::Bytes& bytes) {
  const std::string file(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  REQUIRE(file.substr(0, 8) == "\x89PNG\r\n\x1a\n");
  std::vector<Chunk> all;
  for (std::size_t at = 8; at < file.size();) {
    const std::size_t length = number(file, at);
    REQUIRE(at + length + 12 <= file.size());
    all.push_back({file.substr(at + 4, 4), file.substr(at + 8, length)});
    CHECK(number(file, at + 8 + length) == libdeflate_crc32(0, file.data() + at + 4, length + 4));
    at += length + 12;
  }
  return all;
}

std::string data_of(const std::vector<Chunk>& all, const std::string& type) {
  for (const Chunk& c : all)
    if (c.type == type) return c.data;
  return {};
}

/// The pixels again; knows what nv writes: unfiltered rows of RGB or of palette indices.
std::vector<std::uint8_t> decoded(const nv::Bytes& bytes) {
  const std::vector<Chunk> all = chunks(bytes);
  const std::string header = data_of(all, "IHDR"), palette = data_of(all, "PLTE"),
                    packed = data_of(all, "IDAT");
  const std::size_t width = number(header, 0), height = number(header, 4), channels = header[9] == 3 ? 1 : 3;
  std::string rows(height * (width * channels + 1), '\0');
  libdeflate_decompressor* const inflater = libdeflate_alloc_decompressor();
  const auto result =
      libdeflate_zlib_decompress(inflater, packed.data(), packed.size(), rows.data(), rows.size(), nullptr);
  libdeflate_free_decompressor(inflater);
  REQUIRE(result == LIBDEFLATE_SUCCESS);
  std::vector<std::uint8_t> rgb;
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t first = y * (width * channels + 1);
    CHECK(rows[first] == 0);
    for (std::size_t i = 1; i <= width * channels; ++i) {
      const auto value = static_cast<unsigned char>(rows[first + i]);
      if (channels == 3)
        rgb.push_back(value);
      else
        for (std::size_t k = 0; k < 3; ++k)
          rgb.push_back(static_cast<std::uint8_t>(palette.at(3U * value + k)));
    }
  }
  return rgb;
}

Image picture(int width, int height, int colours) {
  Image image;
  image.width = width;
  image.height = height;
  for (int i = 0; i < width * height; ++i) {
    const int c = i / 3 % colours;
    for (const int part : {c & 255, c >> 8, 7 * c & 255})
      image.rgb.push_back(static_cast<std::uint8_t>(part));
  }
  return image;
}

}  // namespace

TEST_CASE("pixels come back as they were, up to 256 colours by a palette") {
  for (const int colours : {1, 2, 255, 256, 257, 1000}) {
    INFO(colours);
    const Image image = picture(61, 53, colours);
    const nv::Bytes file = encode_png(image);
    CHECK(data_of(chunks(file), "IHDR")[9] == (colours <= 256 ? 3 : 2));
    CHECK(decoded(file) == image.rgb);
    CHECK(encode_png(image) == file);
  }
}

TEST_CASE("a large picture comes back too") {
  const Image image = picture(1500, 1200, 70000);
  CHECK(decoded(encode_png(image)) == image.rgb);
}

TEST_CASE("metadata and resolution are in the file, before the pixels") {
  PngNotes notes;
  notes.dpi = 300;
  notes.entries = {{"Software", "nv 0.1"}, {"Comment", "nv run слой.h5"}};
  const std::vector<Chunk> all = chunks(encode_png(picture(4, 4, 2), notes));
  REQUIRE(all.size() == 7);
  CHECK(all[0].type == "IHDR");
  CHECK(all[1].type == "pHYs");
  CHECK(number(all[1].data, 0) == 11811);  // pixels a metre
  CHECK(all[2].data == std::string("Software\0\0\0\0\0nv 0.1", 19));
  CHECK(all[3].data.ends_with("слой.h5"));
  CHECK(all[4].type == "PLTE");
  CHECK(all[5].type == "IDAT");
}

TEST_CASE("an image without pixels is refused") {
  CHECK_THROWS_AS(encode_png(Image{}), nv::Error);
}
