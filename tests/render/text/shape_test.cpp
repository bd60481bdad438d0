#include "nv/render/text/shape.h"

#include <doctest/doctest.h>

#include "render/text/support.h"

using namespace nv::render;

namespace {

constexpr FontWeight regular = FontWeight::regular;

/// Where the glyphs of a line begin in the text, from left to right.
std::vector<std::size_t> order(std::string_view text, FontFallback* fallback = nullptr) {
  std::vector<std::size_t> begins;
  for (const ShapedGlyph& g : shaped(text, regular, fallback).glyphs) begins.push_back(g.begin);
  return begins;
}

}  // namespace

TEST_CASE("only text beyond the embedded font, or with other rules, is shaped") {
  for (const char* plain : {"conv1", "28 × 28", "café", "слой", "a · b → c", "\xff", "\x01"})
    CHECK_MESSAGE(!needs_shaping(plain, regular), plain);
  for (const char* other : {"猫", "قط", "חתול", "cafe\u0301"})
    CHECK_MESSAGE(needs_shaping(other, regular), other);
}

TEST_CASE("letters are drawn by the font that has them") {
  const auto fonts = test::cjk();
  const ShapedLine line = shaped("猫 cat", regular, fonts.get());
  REQUIRE(line.glyphs.size() == 5);
  CHECK(line.glyphs[0].face->family() == "Noto Sans CJK JP");
  CHECK(line.glyphs[0].advance == doctest::Approx(1));
  for (std::size_t i = 1; i < 5; ++i) CHECK(line.glyphs[i].face == &embedded_face(regular));
  CHECK(line.glyphs[2].x == doctest::Approx(1 + line.glyphs[1].advance));
}

TEST_CASE("without a font, a letter is a box") {
  const ShapedLine line = shaped("猫a", regular, nullptr);
  REQUIRE(line.glyphs.size() == 2);
  CHECK(line.glyphs[0].face == nullptr);
  CHECK(line.glyphs[1].x == box_advance);
}

TEST_CASE("Arabic letters join: a word is not its letters side by side") {
  const auto fonts = test::arabic();
  const double apart = shaped("ك", regular, fonts.get()).width + shaped("ل", regular, fonts.get()).width +
                       shaped("ب", regular, fonts.get()).width;
  const ShapedLine word = shaped("كلب", regular, fonts.get());
  CHECK(word.width < 0.9 * apart);
  REQUIRE(word.glyphs.size() == 3);
  const Face& face = *word.glyphs[0].face;
  CHECK(word.glyphs[2].glyph != face.glyph_index(U'ك'));  // its initial form
}

TEST_CASE("words from right to left keep their place among others") {
  const auto fonts = test::arabic();
  CHECK(order("قط", fonts.get()) == std::vector<std::size_t>{2, 0});
  // A name, an arrow, a name: the arrow still points from the first to the second.
  CHECK(order("قط → كل", fonts.get()) == std::vector<std::size_t>{2, 0, 4, 5, 8, 11, 9});
  // The size after a name is not reversed.
  CHECK(order("קו 3 × 5") == std::vector<std::size_t>{2, 0, 4, 5, 6, 7, 9, 10});
  // Words of one name, and a number between them, are read from the right.
  CHECK(order("קו 37 א") == std::vector<std::size_t>{8, 7, 5, 6, 4, 2, 0});
  CHECK(order("٣ق", fonts.get()) == std::vector<std::size_t>{2, 0});
}

TEST_CASE("marks go with the letter before them") {
  const ShapedLine line = shaped("cafe\u0301s", regular, nullptr);
  CHECK(line.width == doctest::Approx(shaped("cafés", regular, nullptr).width));
  CHECK(line.glyphs.size() == 5);
}

TEST_CASE("isolates keep the order in programs that display the text") {
  CHECK(isolated("קו 3") == "\u2067קו\u2069 3");
  CHECK(isolated("a → קו") == "a → \u2067קו\u2069");
  CHECK(isolated("קו") == "קו");
  CHECK(isolated("קו…") == "קו…");
  CHECK(isolated("猫 cat") == "猫 cat");
}
