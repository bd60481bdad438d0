#include "nv/render/scene/font.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>

#include "render/text/support.h"

using namespace nv::render;

namespace {

Glyph glyph_of(Font& font, std::string_view letter, double size, int quarter = 0) {
  return font.glyph(font.line(letter, size, FontWeight::regular).at(0), size, quarter);
}

}  // namespace

TEST_CASE("widths are those of Arial's metrics") {
  const Font font;
  CHECK(font.width("0123456789", 100) == doctest::Approx(556.15).epsilon(1e-4));
  CHECK(font.width("W", 100) == doctest::Approx(94.38).epsilon(1e-3));
  CHECK(font.width("layer", 20, FontWeight::bold) > font.width("layer", 20));
  CHECK(font.width("AV", 100) < font.width("A", 100) + font.width("V", 100));  // kerned
  CHECK(font.width("", 100) == 0);
}

TEST_CASE("text beyond ASCII is measured by code point, invalid UTF-8 is accepted") {
  const Font font;
  CHECK(font.width("é", 50) == doctest::Approx(font.width("e", 50)));
  CHECK(font.width("слой", 50) > 50);
  CHECK(font.width("\xff\xc3", 50) == doctest::Approx(2 * font.width("層", 50)));  // two boxes
}

TEST_CASE("a text that does not fit ends in an ellipsis, a path has it in the middle") {
  const Font font;
  const std::string path = "block_12_project_BN/some/very/long/path";
  for (const double width : {20.0, 60.0, 100.0, 200.0}) {
    const std::string end = font.fitted(path, 12, width), middle = font.fitted_middle(path, 12, width);
    CHECK(font.width(end, 12) <= width);
    CHECK(font.width(middle, 12) <= width + 1);
    CHECK(end.ends_with("…"));
    CHECK(middle.ends_with("h"));
    CHECK(middle.find("…") != std::string::npos);
  }
  CHECK(font.fitted("conv1", 12, 100) == "conv1");
  CHECK(font.fitted_middle("conv1", 12, 100) == "conv1");
  CHECK(font.fitted(path, 12, 3).empty());
  CHECK(font.fitted("日本語日本語", 12, 40).ends_with("…"));
}

TEST_CASE("glyphs have ink, a missing one is a box, capitals end on a pixel's edge") {
  Font font;
  const auto ink = [&font](std::string_view letter, double size) {
    const Glyph g = glyph_of(font, letter, size);
    return std::accumulate(g.coverage.begin(), g.coverage.end(), 0);
  };
  CHECK(ink("H", 13) > 255);
  CHECK(ink(" ", 13) == 0);
  const Glyph box = glyph_of(font, "層", 20);
  CHECK(box.coverage[0] == 255);
  CHECK(box.coverage[static_cast<std::size_t>(box.width) * 5 + 5] == 0);
  for (const double size : {9.0, 10.0, 11.0, 12.0, 13.0, 20.0}) {
    const Glyph h = glyph_of(font, "H", size);
    INFO(size);
    // No row of half covered pixels on top: it is nearly as dark as the next, or hardly there.
    const auto row = [&h](int y) {
      const auto first = h.coverage.begin() + static_cast<std::ptrdiff_t>(y) * h.width;
      return *std::max_element(first, first + h.width);
    };
    CHECK((row(0) > 0.65 * row(1) || row(0) < 0.15 * row(1)));
  }
}

TEST_CASE("a glyph moved by quarters of a pixel keeps its ink and moves right") {
  Font font;
  const auto centre = [&font](int quarter) {
    const Glyph g = glyph_of(font, "l", 12, quarter);
    double sum = 0, ink = 0;
    for (int y = 0; y < g.height; ++y)
      for (int x = 0; x < g.width; ++x) {
        const double c = g.coverage[static_cast<std::size_t>(y * g.width + x)];
        sum += c * (g.left + x);
        ink += c;
      }
    return sum / ink;
  };
  for (int q = 1; q < 4; ++q) CHECK(centre(q) - centre(0) == doctest::Approx(q / 4.0).epsilon(0.05));
}

TEST_CASE("letters of another font have its widths and its ink") {
  Font font(test::cjk());
  CHECK(font.width("猫", 20) == doctest::Approx(20));
  CHECK(font.width("猫a", 20) == doctest::Approx(20 + font.width("a", 20)));
  const Glyph cat = glyph_of(font, "猫", 20);
  const int ink = std::accumulate(cat.coverage.begin(), cat.coverage.end(), 0) / 255;
  CHECK(ink > 60);  // of 400 pixels: neither a box nor a blot
  CHECK(ink < 250);
  CHECK(cat.top < -14);
  CHECK(cat.width >= 16);
}

TEST_CASE("a text in another font is cut between its letters, and fits") {
  const Font cjk(test::cjk()), arabic(test::arabic());
  const std::string cats = "猫犬車猫犬車猫犬車", words = "كلب قط كلب قط كلب قط";
  for (const double width : {30.0, 50.0, 70.0}) {
    CHECK(cjk.width(cjk.fitted(cats, 12, width), 12) <= width);
    CHECK(cjk.fitted(cats, 12, width).ends_with("…"));
    CHECK(cjk.width(cjk.fitted_middle(cats, 12, width), 12) <= width);
    CHECK(cjk.fitted_middle(cats, 12, width).ends_with("車"));
    CHECK(arabic.width(arabic.fitted(words, 12, width), 12) <= width);
    CHECK(arabic.width(arabic.fitted_middle(words, 12, width), 12) <= width);
  }
}
