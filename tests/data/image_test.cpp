#include "nv/data/image.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "support.h"

using namespace nv;
using namespace nv::test;

namespace {

// The same two rows of two pixels in each format, as PIL writes them.
const std::vector<std::uint8_t> red_green_and_two{255, 0, 0, 0, 255, 0, 10, 20, 30, 200, 100, 7};
const char* const png =
    "89504e470d0a1a0a0000000d4948445200000002000000020802000000fdd49a730000001649444154789c63f8cfc0c0f09f8181"
    "4b44ee440a"
    "3b001a37036e2fd4ed120000000049454e44ae426082";
const char* const png_rgba =
    "89504e470d0a1a0a0000000d494844520000000200000002080600000072b60d240000001b49444154789c63f8cfc0f09fe13fc3"
    "7f062e11b9"
    "ff2752d8ff030040c1076aa1bd19a60000000049454e44ae426082";
const char* const bmp =
    "424d460000000000000036000000280000000200000002000000010018000000000010000000c40e0000c40e0000000000000000"
    "00001e140a"
    "0764c800000000ff00ff000000";
const char* const gif =
    "4749463837610200020081000000ff00c864070a141eff00002c000000000200020000080700070010102020003b";
const char* const ppm = "50360a3220320a3235350aff000000ff000a141ec86407";
const char* const tga =
    "0000020000000000000000000200020018001e140a0764c80000ff00ff00000000000000000054525545564953494f4e2d584649"
    "4c452e00";
/// 8 x 8 pixels of grey 200.
const char* const jpeg =
    "ffd8ffe000104a46494600010100000100010000ffdb0043001b12141714111b1716171e1c1b2028422b28252528513a3d304260"
    "5565645f55"
    "5d5b6a7899816a7190735b5d85b586909ea3abadab6780bcc9baa6c799a8aba4ffc0000b080008000801011100ffc40014000100"
    "000000000000"
    "000000000000000005ffc40014100100000000000000000000000000000000ffda0008010100003f0055ffd9";

struct Sample {
  const char* hex;
  std::string file;
};

std::string decoding_error(const Bytes& bytes, const std::string& file) {
  return error_of([&] { decode_image(bytes, file); });
}

}  // namespace

TEST_CASE("image: PNG, BMP, PNM and TGA have the pixels that PIL wrote") {
  for (const Sample& s : {Sample{png, "a.png"}, {bmp, "a"}, {ppm, "a.txt"}, {tga, "a.TGA"}}) {
    CAPTURE(s.file);
    const Picture picture = decode_image(from_hex(s.hex), s.file);
    CHECK(picture.width == 2);
    CHECK(picture.height == 2);
    CHECK(picture.channels == 3);
    CHECK(picture.pixels == red_green_and_two);
  }
}

TEST_CASE("image: alpha is kept") {
  for (const char* hex : {png_rgba, gif}) {
    const Picture picture = decode_image(from_hex(hex), "a");
    REQUIRE(picture.channels == 4);
    CHECK(std::vector<std::uint8_t>(picture.pixels.begin() + 8, picture.pixels.end()) ==
          std::vector<std::uint8_t>{10, 20, 30, 255, 200, 100, 7, 255});
  }
}

TEST_CASE("image: a grey JPEG has one channel") {
  const Picture picture = decode_image(from_hex(jpeg), "a.jpg");
  CHECK(picture.channels == 1);
  REQUIRE(picture.pixels.size() == 64);
  for (const int pixel : picture.pixels) CHECK(std::abs(pixel - 200) <= 4);
}

TEST_CASE("image: only a file named .tga counts as TGA") {
  CHECK(image_format(from_hex(tga), "a.tga") == "TGA");
  CHECK(image_format(from_hex(tga), "a.txt").empty());
  CHECK(decoding_error(from_hex(tga), "a.txt") == "a.txt: not an image");
  CHECK(decoding_error(bytes_of("Dear reader, this is no picture at all"), "a.tga")
            .starts_with("a.tga: a damaged TGA file"));
}

TEST_CASE("image: names") {
  CHECK(has_image_name("dir.x/A.JPEG"));
  CHECK_FALSE(has_image_name("a.png/b"));
  CHECK_FALSE(has_image_name("a.npy"));
  CHECK_FALSE(has_image_name(""));
}

TEST_CASE("image: a file cut short is refused, not filled with grey") {
  for (const Sample& s :
       {Sample{png, "a.png"}, {bmp, "a.bmp"}, {ppm, "a.ppm"}, {tga, "a.tga"}, {jpeg, "a.jpg"}}) {
    CAPTURE(s.file);
    Bytes bytes = from_hex(s.hex);
    bytes.erase(bytes.end() - (s.file == "a.tga" ? 30 : 14), bytes.end());
    CHECK(decoding_error(bytes, s.file).starts_with(s.file + ": "));
  }
  CHECK(decoding_error({}, "a.png") == "a.png: is empty");
}

TEST_CASE("image: an HDR file cut short anywhere is an error, not an endless loop") {
  // One row of eight pixels: each channel a run of 8.
  const Bytes hdr = joined(bytes_of("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 1 +X 8\n"), from_hex("02020008"
                                                                                                   "8880"
                                                                                                   "8840"
                                                                                                   "8820"
                                                                                                   "8881"));
  const Picture picture = decode_image(hdr, "a.hdr");
  CHECK(picture.width == 8);
  CHECK(picture.channels == 3);
  CHECK(picture.pixels[0] == 255);
  CHECK(picture.pixels[1] > picture.pixels[2]);
  for (std::size_t size = 1; size < hdr.size(); ++size) {
    CAPTURE(size);
    CHECK(decoding_error(Bytes(hdr.begin(), hdr.begin() + static_cast<std::ptrdiff_t>(size)), "a.hdr")
              .starts_with("a.hdr: "));
  }
  Bytes empty_run = hdr;
  empty_run[empty_run.size() - 2] = std::byte{0};
  CHECK(decoding_error(empty_run, "a.hdr") == "a.hdr: the HDR file is cut short or damaged");
}

TEST_CASE("image: a JPEG with more Huffman codes than symbols is refused") {
  Bytes bytes = from_hex(jpeg);
  const Bytes marker = from_hex("ffc40014");
  const auto table = std::search(bytes.begin(), bytes.end(), marker.begin(), marker.end());
  for (int i = 5; i < 21; ++i) table[i] = std::byte{255};
  CHECK(decoding_error(bytes, "a.jpg") == "a.jpg: the JPEG file is cut short or damaged");
}

TEST_CASE("image: a header that claims too many pixels allocates no memory") {
  CHECK(decoding_error(bytes_of("P5\n16384 16384\n255\n"), "a.pgm") ==
        "a.pgm: the PNM file is cut short or damaged");
  const Bytes blank = from_hex("47494638376100400040000000");  // a GIF of 16384 x 16384
  CHECK(decoding_error(blank, "a.gif") == "a.gif: 16384 x 16384 pixels cannot be in 13 bytes");
}
