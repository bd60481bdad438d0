// Pictures not read by stb_image: PNM, WebP; EXIF orientation, and sizes that are refused.
#include <doctest/doctest.h>

#include "nv/core/memory.h"
#include "nv/data/exif.h"
#include "nv/data/image.h"
#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

using Pixels = std::vector<std::uint8_t>;

// Written by PIL 13.
const char* const webp =
    "5249464636000000574542505650384c290000002f014000001f201041da61b0fd65d6101210baff775c23104822d95f6d8bf98f"
    "91d1"
    "d4b00e11fd0f0100";
const char* const webp_rgba =
    "524946463a000000574542505650384c2d0000002f014000101f201041da61b0fd65d6101210baff775c23104822d95f6d0b0141"
    "91ff"
    "a3c598d1d4611d22fa1f0200";
/// Two frames, of which the first is the picture above.
const char* const webp_animation =
    "52494646a600000057454250565038580a00000002000000010000010000414e494d06000000000000000000414e4d4646000000"
    "0000"
    "00000000010000010000640000025650384c2e0000002f014000001f2010202a7c09f46a434840c80e796f9b9080b0c4ff6b2668"
    "f31f"
    "4394a7063269db50db5d8be87fec414e4d462c000000000000000000010000010000640000005650384c140000002f0140000007"
    "5081"
    "540820000a9afec78888fe07";
/// 16 x 8 pixels, the left half white, with EXIF orientation 6.
const char* const jpeg_on_its_side =
    "ffd8ffe000104a46494600010100000100010000ffe100224578696600004d4d002a000000080001011200030000000100060000"
    "0000"
    "0000ffdb004300020101010101020101010202020202040302020202050404030406050606060506060607090806070907060608"
    "0b08"
    "090a0a0a0a0a06080b0c0b0a0c090a0a0affc0000b080008001001011100ffc40015000101000000000000000000000000000009"
    "0aff"
    "c40014100100000000000000000000000000000000ffda0008010100003f007f1006ffd9";
const char* const png_on_its_side =
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001a655849664d4d002a00000008000101"
    "1200"
    "03000000010006000000000000d6674b690000001649444154789c63f8cfc0c0f09f81814b44ee440a3b001a37036e2fd4ed1200"
    "0000"
    "0049454e44ae426082";
const Pixels four_pixels{255, 0, 0, 0, 255, 0, 10, 20, 30, 200, 100, 7};

Picture decoded(std::string_view text) {
  return decode_image(bytes_of(text), "a.pnm");
}
std::string refusal(const Bytes& bytes, const std::string& file) {
  return error_of([&] { decode_image(bytes, file); });
}
/// A PNG with only its first chunk.
Bytes png_header(const std::string& width, const std::string& height, const std::string& depth = "08") {
  return from_hex("89504e470d0a1a0a0000000d49484452" + width + height + depth + "00000000fdd49a73" +
                  "0000001649444154789c63f8");
}

}  // namespace

TEST_CASE("pnm: text and binary, bits, grey and colours, with comments anywhere in the header") {
  CHECK(decoded("P1\n# a bitmap\n3 2\n0 1 0\n110").pixels == Pixels{255, 0, 255, 0, 0, 255});
  CHECK(decoded("P2 # grey\n2 # wide\n2\n255\n0 10\n# row\n200 255\n").pixels == Pixels{0, 10, 200, 255});
  const Picture colours = decoded("P3\n1 2\n255\n1 2 3 4 5 6");
  CHECK(colours.channels == 3);
  CHECK(colours.pixels == Pixels{1, 2, 3, 4, 5, 6});
  CHECK(decoded(std::string_view("P4\n10 2\n\x80\x40\x00\xff", 12)).pixels ==
        Pixels{0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0});
  CHECK(decoded(std::string_view("P5\n2 1\n255\n\x07\xff", 13)).pixels == Pixels{7, 255});
  CHECK(decoded(std::string_view("P6\n1 1\n255\n\x01\x02\x03", 14)).pixels == Pixels{1, 2, 3});
}

TEST_CASE("pnm: values of another maximum are scaled to 255") {
  CHECK(decoded("P2\n3 1\n15\n0 7 15").pixels == Pixels{0, 119, 255});
  CHECK(decoded(std::string_view("P5\n2 1\n1\n\x00\x01", 11)).pixels == Pixels{0, 255});
  CHECK(decoded(std::string_view("P5\n2 1\n65535\n\x80\x00\xff\xff", 17)).pixels == Pixels{128, 255});
  CHECK(decoded("P2\n2 1\n65535\n32768 65535").pixels == Pixels{128, 255});
}

TEST_CASE("pnm: damaged files are refused") {
  for (const std::string_view text :
       {"P2\n2 2\n255\n1 2 3", "P2\n2 2\n255\n1 2 3 x", "P2\n0 2\n255\n", "P2\n2 2\n0\n0 0 0 0",
        "P3\n1 1\n255\n1 2 256", "P1\n2 1\n0 2", "P5\n2 2\n255\nabc", "P2\n99999 99999\n255\n0", "P2\n2",
        "P2\n-1 2\n255\n1 2", "P4\n9 9\nabc"}) {
    CAPTURE(text);
    CHECK(refusal(bytes_of(text), "a.pnm").starts_with("a.pnm: "));
  }
  CHECK(refusal(bytes_of("P2\n65536 65536\n255\n0"), "a.pnm") ==
        "a.pnm: a PNM of 65536 x 65536 pixels is larger than nv reads (at most 268 million pixels)");
}

TEST_CASE("webp: lossless, with alpha, and the first frame of an animation") {
  CHECK(image_format(from_hex(webp), "a") == "WebP");
  CHECK(decode_image(from_hex(webp), "a.webp").pixels == four_pixels);
  CHECK(decode_image(from_hex(webp), "a.webp").channels == 3);
  const Picture rgba = decode_image(from_hex(webp_rgba), "a.webp");
  CHECK(rgba.channels == 4);
  CHECK(Pixels(rgba.pixels.end() - 4, rgba.pixels.end()) == Pixels{200, 100, 7, 0});
  const Picture frame = decode_image(from_hex(webp_animation), "a.webp");
  REQUIRE(frame.pixels.size() == static_cast<std::size_t>(4 * frame.channels));
  for (std::size_t i = 0; i < 12; ++i)
    CHECK(frame.pixels[i / 3 * static_cast<std::size_t>(frame.channels) + i % 3] == four_pixels[i]);
}

TEST_CASE("webp: a file cut short anywhere, or damaged, is an error") {
  for (const char* hex : {webp, webp_rgba, webp_animation}) {
    const Bytes whole = from_hex(hex);
    for (std::size_t size = 12; size < whole.size() - 2; ++size) {
      CAPTURE(size);
      const std::string text =
          refusal(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)), "a");
      CHECK((text == "a: the WebP file is cut short or damaged" || text.empty()));
    }
  }
  CHECK(refusal({}, "a.webp") == "a.webp: is empty");
}

TEST_CASE("exif: pictures are rotated upright") {
  CHECK(exif_orientation(from_hex(jpeg_on_its_side), "JPEG") == 6);
  const Picture upright_jpeg = decode_image(from_hex(jpeg_on_its_side), "a.jpg");
  CHECK(upright_jpeg.width == 8);
  CHECK(upright_jpeg.height == 16);
  CHECK(upright_jpeg.orientation == 6);
  CHECK(upright_jpeg.pixels[0] > 240);  // the left half is now on top
  CHECK(upright_jpeg.pixels[8 * 16 - 1] < 15);
  // Rows [red green] [a b] turned right: [a red] [b green].
  CHECK(decode_image(from_hex(png_on_its_side), "a.png").pixels ==
        Pixels{10, 20, 30, 255, 0, 0, 200, 100, 7, 0, 255, 0});
}

TEST_CASE("exif: all eight orientations") {
  const Picture stored{3, 2, 1, {1, 2, 3, 4, 5, 6}};
  const auto turned = [&](int orientation) { return upright(stored, orientation).pixels; };
  CHECK(turned(1) == Pixels{1, 2, 3, 4, 5, 6});
  CHECK(turned(2) == Pixels{3, 2, 1, 6, 5, 4});
  CHECK(turned(3) == Pixels{6, 5, 4, 3, 2, 1});
  CHECK(turned(4) == Pixels{4, 5, 6, 1, 2, 3});
  CHECK(turned(5) == Pixels{1, 4, 2, 5, 3, 6});
  CHECK(turned(6) == Pixels{4, 1, 5, 2, 6, 3});
  CHECK(turned(7) == Pixels{6, 3, 5, 2, 4, 1});
  CHECK(turned(8) == Pixels{3, 6, 2, 5, 1, 4});
  CHECK(upright(stored, 6).width == 2);
  CHECK(upright(stored, 9).pixels == stored.pixels);
}

TEST_CASE("exif: a damaged segment leaves the picture unchanged") {
  const Bytes whole = from_hex(jpeg_on_its_side);
  for (std::size_t at = 20; at < 60; ++at) {
    Bytes damaged = whole;
    damaged[at] ^= std::byte{0xff};
    const int orientation = exif_orientation(damaged, "JPEG");
    CHECK((orientation >= 1 && orientation <= 8));
    damaged.resize(at);
    if (at < 56) CHECK(exif_orientation(damaged, "JPEG") == 1);  // within the segment
  }
}

TEST_CASE("image: a picture that is too large is called too large, not damaged") {
  CHECK(refusal(png_header("00009c40", "00009c40"), "a.png") ==
        "a.png: a PNG of 40000 x 40000 pixels is larger than nv reads (at most 268 million pixels, 1048576 a "
        "side)");
  CHECK(refusal(png_header("00200000", "00000001"), "a.png")
            .starts_with("a.png: a PNG of 2097152 x 1 pixels is larger"));
  CHECK(refusal(png_header("00000000", "00000001"), "a.png") ==
        "a.png: a damaged PNG file (its size is 0 x 1)");
}

TEST_CASE("image: memory for decoding is checked against the limit first") {
  const std::uint64_t before = memory_limit();
  set_memory_limit(1 << 20);
  const std::string too_large = refusal(pgm(1200, 1200, 0), "a.pgm");
  const std::string fits = refusal(pgm(1000, 1000, 0), "a.pgm");
  set_memory_limit(before);
  CHECK(too_large == "a.pgm: a PNM of 1200 x 1200 pixels: needs 1.4 MB of memory, the limit is 1.0 MB");
  CHECK(fits.empty());
}

TEST_CASE("image: formats that nv does not read are named") {
  CHECK(other_image_format(from_hex("49492a0008000000")) == "TIFF");
  CHECK(other_image_format(from_hex("4d4d002a00000008")) == "TIFF");
  CHECK(other_image_format(from_hex("0000001c66747970617669660000")) == "AVIF");
  CHECK(other_image_format(from_hex("00000018667479706865696300000000")) == "HEIC");
  CHECK(other_image_format(bytes_of("<svg xmlns")) == "SVG");
  CHECK(other_image_format(bytes_of("hello")).empty());
}
