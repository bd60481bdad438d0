#include "nv/render/backends/svg.h"

#include <doctest/doctest.h>

#include "render/support.h"
#include "render/text/support.h"

using namespace nv::render;
using namespace nv::render::test;

namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("text stays text, with markup characters escaped") {
  Scene scene = small_scene();
  scene.text({10, 20, "a < b & \"c\" × \x01 \xff", 12, {1, 2, 3}, Anchor::end, FontWeight::bold, Turn::up});
  const std::string svg = encode_svg(scene, 200);
  CHECK(contains(svg, ">a &lt; b &amp; &quot;c&quot; × \\x01 \xef\xbf\xbd</text>"));
  CHECK(contains(svg, "fill=\"#010203\""));
  CHECK(contains(svg, "text-anchor=\"end\""));
  CHECK(contains(svg, "font-weight=\"bold\""));
  CHECK(contains(svg, "rotate(-90 10 20)"));
}

TEST_CASE("the drawing has the given width, and the height in proportion") {
  const std::string svg = encode_svg(small_scene(), 200);
  CHECK(contains(svg, "width=\"200\" height=\"100\" viewBox=\"0 0 100 50\""));
  CHECK(contains(encode_svg(small_scene(), 96 / 25.4 * 84), "width=\"84mm\" height=\"42mm\""));
}

TEST_CASE("maps are pictures that stay crisp") {
  Scene scene = small_scene();
  scene.add(Bitmap{5, 5, 2, 1, 10, 10, {{0, 0, 0}, {255, 0, 0}}, Stroke{{9, 9, 9}, 1, 0}});
  const std::string svg = encode_svg(scene, 100);
  CHECK(contains(svg, "<image x=\"5\" y=\"5\" width=\"20\" height=\"10\""));
  CHECK(contains(svg, "image-rendering:pixelated"));
  CHECK(contains(svg, "data:image/png;base64,iVBORw0KGgo"));
  CHECK(contains(svg, "<rect x=\"4.5\" y=\"4.5\" width=\"21\" height=\"11\""));  // the frame outside
}

TEST_CASE("a bitmap with too few pixels is left out") {
  Scene scene = small_scene();
  scene.add(Bitmap{5, 5, 20, 10, 1, 1, {{0, 0, 0}}, std::nullopt});
  CHECK(!contains(encode_svg(scene, 100), "<image"));
}

TEST_CASE("an empty provenance writes no metadata") {
  CHECK(!contains(encode_svg(small_scene(), 100), "metadata"));
  CHECK(contains(encode_svg(small_scene(), 100, {"a title", "", "", {}}), "<dc:title>a title</dc:title>"));
}

TEST_CASE("text in another font names it, and keeps the width that it was measured at") {
  Scene scene = small_scene();
  scene.fallback = cjk();
  scene.text({10, 20, "猫 & a", 12, {0, 0, 0}, Anchor::start, FontWeight::regular, Turn::none});
  const std::string svg = encode_svg(scene, 100);
  CHECK(contains(
      svg, "font-family=\"Liberation Sans, Arial, Helvetica, 'Noto Sans CJK JP', sans-serif\" textLength="));
  CHECK(contains(svg, ">猫 &amp; a</text>"));
  scene = small_scene();
  scene.text({10, 20, "a → b", 12, {0, 0, 0}, Anchor::start, FontWeight::regular, Turn::none});
  CHECK(!contains(encode_svg(scene, 100), "textLength"));
}

TEST_CASE("names from right to left are isolated") {
  Scene scene = small_scene();
  scene.text({10, 20, "קו → 3", 12, {0, 0, 0}, Anchor::start, FontWeight::regular, Turn::none});
  CHECK(contains(encode_svg(scene, 100), ">\u2067קו\u2069 → 3</text>"));
}

TEST_CASE("an element for a page has the colours of both themes, and one pixel per cell") {
  Scene light = small_scene(), dark = small_scene();
  light.items.clear();
  dark.items.clear();
  light.background = {255, 255, 255};
  dark.background = {19, 22, 27};
  light.text({1, 2, "a < b", 12, {0, 0, 0}});
  dark.text({1, 2, "a < b", 12, {238, 238, 238}});
  light.fill(0, 0, 5, 5, {1, 2, 3});
  dark.fill(0, 0, 5, 5, {1, 2, 3});
  light.add(Bitmap{5, 5, 2, 1, 10, 10, {{0, 0, 0}, {255, 0, 0}}, std::nullopt});
  dark.add(Bitmap{5, 5, 2, 1, 10, 10, {{0, 0, 0}, {255, 0, 0}}, std::nullopt});
  InlineSvg svg = encode_inline_svg(light, &dark, 200, "7 & 9");
  CHECK(svg.text.starts_with("<svg role=\"img\" aria-label=\"7 &amp; 9\""));
  CHECK(svg.text.ends_with("</svg>"));
  CHECK_FALSE(contains(svg.text, "http"));
  CHECK_FALSE(contains(svg.text, "class="));
  CHECK(svg.colours == std::set<std::string>{"000000-eeeeee", "ffffff-13161b"});
  CHECK(contains(svg.text, "fill=\"var(--000000-eeeeee)\">a &lt; b</text>"));
  CHECK(contains(svg.text, "fill=\"#010203\""));
  CHECK(contains(encode_svg(light, 200), "000000"));  // a file has no variables
  // A bitmap that differs is there twice.
  std::get<Bitmap>(dark.items[2]).pixels[1] = {0, 255, 0};
  svg = encode_inline_svg(light, &dark, 200, "");
  CHECK(contains(svg.text, "<image class=\"in-light\""));
  CHECK(contains(svg.text, "<image class=\"in-dark\""));
  // Figures that differ in more are the light one on any page.
  std::get<Text>(dark.items[0]).text = "other";
  svg = encode_inline_svg(light, &dark, 200, "");
  CHECK(svg.colours.empty());
  CHECK(contains(svg.text, "fill=\"#ffffff\""));
  CHECK_FALSE(contains(svg.text, "other"));
  CHECK(encode_inline_svg(light, nullptr, 200, "").text == svg.text);
}
