#include "nv/render/backends/terminal.h"

#include <doctest/doctest.h>

#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/strips.h"
#include "nv/render/scene/scale.h"
#include "render/support.h"

using namespace nv::render;
using namespace nv::render::test;

namespace {

const ValueScale grey{0, 1, Colormap::grey, false};

TerminalPicture two_by_two() {
  TerminalPicture picture(2, 2);
  picture.at(0, 0) = Rgb{255, 0, 0};
  picture.at(0, 1) = Rgb{0, 0, 255};
  picture.at(1, 1) = Rgb{0, 255, 0};
  return picture;
}

}  // namespace

TEST_CASE("a character is two pixels, one above the other") {
  CHECK(half_blocks_24(two_by_two()) ==
        "\x1b[0m\x1b[38;2;255;0;0m\x1b[48;2;0;0;255m▀\x1b[0m\x1b[38;2;0;255;0m▄\x1b[0m\n");
  CHECK(half_blocks_256(two_by_two()) == "\x1b[0m\x1b[38;5;196m\x1b[48;5;21m▀\x1b[0m\x1b[38;5;46m▄\x1b[0m\n");
}

TEST_CASE("without colours, brighter is denser, and there are no escapes") {
  const std::vector<float> values{0, 0.25F, 0.5F, 0.75F, 1};
  const std::vector<Map> maps = maps_of(values, 1, 1, 5);
  const std::string text = shades(map_strip(maps, grey, 80, 5).picture);
  CHECK(text == " ░▒▓█\n");
}

TEST_CASE("as many maps stand side by side as fit, in whole cells") {
  const std::vector<float> values = ramp(std::size_t{20} * 28 * 28);
  const std::vector<Map> maps = maps_of(values, 20, 28, 28);
  const MapStrip five = map_strip(maps, grey, 80, 16);
  const TerminalPicture& strip = five.picture;
  CHECK(five.shown == 5);
  CHECK(strip.rows == 14);  // means of 2 x 2
  CHECK(strip.columns == 5 * 14 + 4);
  CHECK(!strip.at(14, 0));  // the gap
  const TerminalPicture enlarged =
      map_strip(maps_of(std::span(values).first(25), 1, 5, 5), grey, 80, 16).picture;
  CHECK(enlarged.columns == 15);
}

TEST_CASE("one map is shown even if it is wider than the line") {
  const std::vector<float> values = ramp(16 * 16);
  CHECK(map_strip(maps_of(values, 1, 16, 16), grey, 10, 16).picture.columns == 16);
}

TEST_CASE("units keep to the width") {
  for (const std::size_t n : {1U, 7U, 128U, 5000U}) {
    const TerminalPicture strip = unit_strip(ramp(n), grey, 60, 16);
    CHECK(strip.columns <= 60);
    CHECK(strip.rows <= 16);
  }
}

TEST_CASE("kitty's chunks are at most 4096 long, and the last is marked") {
  const std::vector<std::byte> png(5000);
  const std::string text = kitty(png);
  CHECK(text.find("\x1b_Ga=T,f=100,m=1;") == 0);
  CHECK(text.find("\x1b_Gm=0;") != std::string::npos);
  CHECK(kitty(std::vector<std::byte>(10)).find("m=0;") != std::string::npos);
}

TEST_CASE("sixels: six rows a line, a run for each colour") {
  const Image image{2, 7, std::vector<std::uint8_t>(2 * 7 * 3, 255)};
  const std::string text = sixel(image);
  CHECK(text.find("\x1bPq\"1;1;2;7") == 0);
  CHECK(text.find("#0;2;100;100;100") != std::string::npos);
  CHECK(text.find("#0~~-") != std::string::npos);  // all six
  CHECK(text.find("#0@@-") != std::string::npos);  // only the first
}

TEST_CASE("sixel pictures of many colours have at most 256") {
  Image image{64, 64, {}};
  for (int i = 0; i < 64 * 64; ++i)
    image.rgb.insert(image.rgb.end(), {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i / 16), 7});
  const std::string text = sixel(image);
  CHECK(text.find("#256;2;") == std::string::npos);
}
