#include "nv/render/scene/print.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>

#include "nv/core/error.h"
#include "nv/render/backends/encode.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/sequences.h"
#include "nv/render/charts/unit_bars.h"
#include "render/support.h"

using namespace nv;
using namespace nv::render;
using namespace nv::render::test;

namespace {

const std::vector<float>& many() {
  static const std::vector<float> values = ramp(std::size_t{16} * 100 * 100, -1, 1);
  return values;
}

/// `channels` maps of side x side units, on any page.
Compose maps(int channels, int side) {
  return [channels, side](const Page& page) {
    MapGrid grid;
    grid.title = "conv2";
    grid.kind = "Conv2D";
    grid.shape_text = "a shape";
    grid.source = "model.h5";
    grid.caption = "input 7, predicted 7";
    grid.maps = maps_of(std::span(many()).first(static_cast<std::size_t>(channels * side * side)), channels,
                        side, side);
    grid.page = page;
    return draw(grid);
  };
}

std::string text_of(const Bytes& bytes) {
  std::string text(bytes.size(), '\0');
  std::memcpy(text.data(), bytes.data(), bytes.size());
  return text;
}

std::uint32_t number_at(const Bytes& bytes, std::size_t at) {
  std::uint32_t n = 0;
  for (std::size_t i = 0; i < 4; ++i) n = n << 8 | std::to_integer<std::uint32_t>(bytes[at + i]);
  return n;
}

Print wide(const char* width) {
  Print print;
  print.width = parse_length(width, "--width");
  return print;
}

Bytes file(const Compose& compose, const Print& print, PictureFormat format, const Provenance& origin = {}) {
  return encode(printed(compose, print), format, print.resolution(), origin);
}

}  // namespace

TEST_CASE("lengths have a unit") {
  CHECK(parse_length("3.3in", "--width").value == doctest::Approx(3.3));
  CHECK(parse_length("84mm", "--width").value == doctest::Approx(84 / 25.4));
  CHECK(parse_length("8.4 cm", "--width").value == doctest::Approx(84 / 25.4));
  CHECK(parse_length("72pt", "--width").value == doctest::Approx(1));
  CHECK(parse_length("1200px", "--width").pixels);
  for (const char* wrong : {"", "84", "mm", "-3in", "0in", "3.3inch", "nanmm", "infpx", "1e9px"})
    CHECK_THROWS_WITH_AS(parse_length(wrong, "--width"), doctest::Contains("--width"), Error);
}

TEST_CASE("the extension of a file's name chooses its format") {
  CHECK(picture_format("a/b.PNG") == PictureFormat::png);
  CHECK(picture_format("b.svg") == PictureFormat::svg);
  CHECK(picture_format("b.pdf") == PictureFormat::pdf);
  CHECK(!picture_format("b.jpg"));
  CHECK(!picture_format("png"));
}

TEST_CASE("a width is honoured exactly, in pixels, millimetres and points") {
  struct Size {
    const char* width;
    std::uint32_t pixels;
    const char *svg, *pdf;
  };
  // Print lengths are drawn with 300 dots an inch, px one by one.
  for (const Size& s : {Size{"84mm", 992, "width=\"84mm\"", "238.11"},
                        {"3.3in", 990, "width=\"83.82mm\"", "237.6"},
                        {"1200px", 1200, "width=\"1200\"", "900"}})
    for (const int side : {3, 28, 100}) {
      INFO(s.width, ", maps of ", side);
      CHECK(number_at(file(maps(16, side), wide(s.width), PictureFormat::png), 16) == s.pixels);
      CHECK(text_of(file(maps(16, side), wide(s.width), PictureFormat::svg)).find(s.svg) !=
            std::string::npos);
      CHECK(text_of(file(maps(16, side), wide(s.width), PictureFormat::pdf))
                .find(std::string("/MediaBox [ 0 0 ") + s.pdf) != std::string::npos);
    }
}

TEST_CASE("cells of a print are whole pixels of the device") {
  for (const char* width : {"84mm", "3.3in", "7in", "1234px"})
    for (const int side : {3, 28, 100}) {
      INFO(width, ", maps of ", side);
      const Printed sheet = printed(maps(6, side), wide(width));
      const std::vector<Bitmap> bitmaps = all<Bitmap>(sheet.scene);
      REQUIRE(bitmaps.size() == 6);
      for (const Bitmap& b : bitmaps) {
        const double cell = b.cell_width / sheet.grain;
        CHECK(cell >= 1 - 1e-6);
        CHECK(std::abs(cell - std::round(cell)) < 1e-6);
      }
    }
}

TEST_CASE("maps with more units than the page has pixels are drawn as means, with a note") {
  const Printed narrow = printed(maps(2, 100), wide("80px"));
  CHECK(all<Bitmap>(narrow.scene)[0].columns < 100);
  CHECK(has_text(narrow.scene, "means over"));
  check_tidy(narrow.scene);
  const Printed roomy = printed(maps(2, 100), wide("600px"));
  CHECK(all<Bitmap>(roomy.scene)[0].columns == 100);
  CHECK(!has_text(roomy.scene, "means over"));
}

TEST_CASE("a height is kept: the whole figure is reduced, or its text if the width is given") {
  Print free;
  free.height = parse_length("60mm", "--height");
  const Printed reduced = printed(maps(16, 28), free);
  const double scale = reduced.width / reduced.scene.width;
  CHECK(reduced.scene.height * scale <= 60 / 25.4 * 96 + 1e-6);
  CHECK(reduced.scene.height * scale > 40 / 25.4 * 96);  // cells are whole pixels
  // A column of bars gets as many px of the scene as its text allows.
  const auto tall = [](double height) {
    return [height](const Page& page) {
      Scene scene;
      scene.width = page.width;
      scene.height = height;
      return scene;
    };
  };
  Print both = wide("84mm");
  both.height = parse_length("100mm", "--height");
  const Printed fitted = printed(tall(600), both);
  CHECK(fitted.width == doctest::Approx(84 / 25.4 * 96));
  CHECK(fitted.scene.height * fitted.width / fitted.scene.width <= 100 / 25.4 * 96);
  CHECK_THROWS_WITH_AS(printed(tall(6000), both), doctest::Contains("--height"), Error);
  both.height.reset();  // A4 paper is a wish, not a limit
  CHECK_NOTHROW(printed(tall(6000), both));
}

TEST_CASE("a figure for print is composed for the height that suits its width") {
  double height = -1;
  const auto asked = [&height](const Print& print) {
    printed(
        [&height](const Page& page) {
          height = page.height * (page.exact ? 1 : 0);
          Scene scene;
          scene.width = page.width;
          scene.height = 10;
          return scene;
        },
        print);
    return height;
  };
  CHECK(asked(wide("600px")) == 0);
  // 84 mm are 460 px of the scene, so that headings fit.
  CHECK(asked(wide("174mm")) == doctest::Approx(180 / 25.4 * 96));
  CHECK(asked(wide("84mm")) == doctest::Approx(1.5 * 460));
}

TEST_CASE("text has the size that was asked for") {
  Print print = wide("7in");
  print.font = parse_length("8pt", "--font-size");
  const Printed sheet = printed(maps(16, 28), print);
  const double scale = sheet.width / sheet.scene.width;  // px on paper to a px of the composition
  const std::vector<Text> texts = all<Text>(sheet.scene);
  const auto running =
      std::find_if(texts.begin(), texts.end(), [](const Text& t) { return t.text.find("Conv2D") == 0; });
  REQUIRE(running != texts.end());
  CHECK(running->size * scale * 72 / 96 == doctest::Approx(8));
  print.font_scale = 1.5;
  const Printed larger = printed(maps(16, 28), print);
  CHECK(larger.width == doctest::Approx(sheet.width));
  CHECK(larger.scene.width == doctest::Approx(sheet.scene.width / 1.5));
}

TEST_CASE("text too large for the width is refused, with what to do") {
  Print print = wide("20mm");
  print.font = parse_length("30pt", "--font-size");
  CHECK_THROWS_WITH_AS(printed(maps(1, 28), print), doctest::Contains("leaves no room"), Error);
}

TEST_CASE("every chart keeps to a narrow page") {
  const std::vector<float> units = ramp(200, -1, 1), few = ramp(40);
  const Compose sheets[] = {maps(16, 28), maps(300, 2),
                            [&](const Page& page) {
                              UnitBars bars;
                              bars.title = "fc1";
                              bars.values = units;
                              bars.page = page;
                              return draw(bars);
                            },
                            [&](const Page& page) {
                              UnitBars bars;
                              bars.title = "fc2";
                              bars.values = few;
                              bars.page = page;
                              return draw(bars);
                            },
                            [&](const Page& page) {
                              SequenceSheet sheet;
                              sheet.title = "tokens";
                              sheet.length = 200;
                              sheet.channels = 1;
                              sheet.values = units;
                              sheet.page = page;
                              return draw(sheet);
                            }};
  for (const char* width : {"84mm", "150px", "7in"})
    for (std::size_t i = 0; i < std::size(sheets); ++i) {
      INFO("sheet ", i, ", ", width);
      const Printed sheet = printed(sheets[i], wide(width));
      check_tidy(sheet.scene);
      const double asked = inches(*wide(width).width, wide(width).resolution()) * 96;
      CHECK(sheet.width == doctest::Approx(asked));
    }
}

TEST_CASE("without a width a sheet is as large as on a screen") {
  const Printed sheet = printed(maps(6, 28), {});
  CHECK(sheet.width == sheet.scene.width);
  CHECK(sheet.scene.width <= 1000);
  Print print;
  print.dpi = 192;
  const auto pixels = static_cast<std::uint32_t>(2 * printed(maps(6, 28), print).width);
  CHECK(number_at(file(maps(6, 28), print, PictureFormat::png), 16) == pixels);
}

TEST_CASE("a caption stands below the picture, in lines") {
  Print print = wide("84mm");
  print.caption =
      "A caption of quite some length, so long that it does not fit on one line of a narrow figure at all.";
  const Printed with = printed(maps(6, 28), print);
  print.caption.clear();
  const Printed without = printed(maps(6, 28), print);
  CHECK(with.scene.height > without.scene.height + 30);
  CHECK(has_text(with.scene, "A caption of"));
  CHECK(has_text(with.scene, "at all."));
  check_tidy(with.scene);
}

TEST_CASE("files hold their provenance, and the same figure is the same bytes") {
  const Provenance origin{
      "m.h5: conv2", "nv 1.2.3", "nv run m.h5 7.png", {"m.h5 sha256:0123", "7.png sha256:4567"}};
  for (const PictureFormat format : {PictureFormat::png, PictureFormat::svg, PictureFormat::pdf}) {
    const Bytes bytes = file(maps(3, 8), wide("84mm"), format, origin);
    CHECK(bytes == file(maps(3, 8), wide("84mm"), format, origin));
    const std::string text = text_of(bytes);
    CHECK(text.find("Date") == std::string::npos);
    if (format == PictureFormat::pdf) continue;  // in UTF-16: see pdf_test.cpp
    for (const char* words : {"nv 1.2.3", "nv run m.h5 7.png", "7.png sha256:4567"})
      CHECK_MESSAGE(text.find(words) != std::string::npos, words);
  }
}
