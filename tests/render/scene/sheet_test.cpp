#include "nv/render/scene/sheet.h"

#include <doctest/doctest.h>
#include <fmt/ranges.h>

#include "render/support.h"
#include "render/text/support.h"

using namespace nv::render;
using namespace nv::render::test;

namespace {

using Lines = std::vector<std::string>;

/// The lines below the title.
Lines caption_lines(const std::string& caption, double width) {
  Sheet sheet(Theme::light(), {});
  Heading heading;
  heading.title = "title";
  heading.caption = caption;
  add_heading(sheet, heading, {}, width);
  Lines lines;
  for (const Text& t : all<Text>(sheet.scene))
    if (t.text != "title") lines.push_back(t.text);
  return lines;
}

}  // namespace

TEST_CASE("a caption is broken between its entries, and within one only if it is too long") {
  CHECK(caption_lines("", 400).empty());
  CHECK(caption_lines("A: seven, 7  ·  B: one, 1", 400) == Lines{"A: seven, 7  ·  B: one, 1"});
  CHECK(caption_lines("A: seven, 7  ·  B: one, 1", 180) == Lines{"A: seven, 7", "B: one, 1"});
  const Lines lines =
      caption_lines("first  ·  an entry of many words that fills a line and more  ·  last", 240);
  REQUIRE(lines.size() == 3);
  CHECK(lines[0] == "first");
  CHECK(lines[1].starts_with("an entry of many words"));
  CHECK(lines[2].ends_with("more  ·  last"));
}

TEST_CASE("a sentence as caption is not cut at the width of a column") {
  const std::string caption =
      "No method is better than a random order by deletion; by insertion, grad-cam is (0.812, random 0.654), "
      "and gradient is not (0.601); over 20 inputs the differences are larger than chance explains.";
  const Lines lines = caption_lines(caption, 317);
  CHECK(lines.size() > 3);
  CHECK(fmt::format("{}", fmt::join(lines, " ")) == caption);
}

TEST_CASE("Chinese and Japanese text is broken between its letters, and none is lost") {
  const Font font(cjk());
  const std::string text = "猫犬車、ネコ猫犬 車猫犬車猫犬";
  const std::vector<std::string> lines = wrapped(font, text, 12, 40);
  REQUIRE(lines.size() > 4);
  std::string joined;
  for (const std::string& line : lines) {
    CHECK(font.width(line, 12) <= 40);
    CHECK(!line.starts_with("、"));
    joined += line;
  }
  CHECK(joined == "猫犬車、ネコ猫犬車猫犬車猫犬");
}
