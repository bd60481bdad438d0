#include "nv/render/text/font_fallback.h"

#include <doctest/doctest.h>

#include "nv/core/error.h"
#include "render/text/support.h"

using namespace nv::render;

TEST_CASE("the chosen font draws the letters that it has") {
  const auto fonts = test::cjk();
  const Face* const face = fonts->face_for(U'猫', FontWeight::regular);
  REQUIRE(face != nullptr);
  CHECK(face->family() == "Noto Sans CJK JP");
  CHECK(face == fonts->face_for(U'犬', FontWeight::bold));
  CHECK(fonts->missing().empty());
}

TEST_CASE("letters that no font has are listed once, in order") {
  const auto fonts = test::cjk();
  for (const char32_t code : {char32_t{0x10FFFD}, char32_t{0x10FFFC}, char32_t{0x10FFFD}})
    CHECK(fonts->face_for(code, FontWeight::regular) == nullptr);
  CHECK(fonts->missing() == std::vector<char32_t>{0x10FFFC, 0x10FFFD});
}

TEST_CASE("a font that is not there, or is none, is an error of usage") {
  CHECK_THROWS_WITH_AS(FontFallback("No Such Font At All"),
                       "--font: no file and no installed font 'No Such Font At All'", nv::Error);
  CHECK_THROWS_WITH_AS(FontFallback(NV_FIXTURES "/fonts/README"),
                       doctest::Contains("is not a font that nv reads"), nv::Error);
}

TEST_CASE("a face has outlines: closed contours of letters, none of a space") {
  const auto fonts = test::arabic();
  const Face& face = *fonts->face_for(U'ق', FontWeight::regular);
  const auto outline = face.outline(face.glyph_index(U'ق'));
  REQUIRE(outline.size() > 10);
  CHECK(outline.front().kind == OutlineStep::Kind::move);
  CHECK(face.outline(face.glyph_index(U' ')).empty());
  CHECK(face.units() == 2048);
  CHECK(Face::open(NV_FIXTURES "/fonts/arabic.ttf", 1) == nullptr);  // a single face
  CHECK(Face::open("/nothing.ttf", 0) == nullptr);
}
