#include "nv/render/backends/pdf.h"

#include <doctest/doctest.h>
#include <zlib.h>

#include <cstring>

#include "nv/core/error.h"
#include "nv/render/backends/pdf_glyphs.h"
#include "render/support.h"
#include "render/text/support.h"

using namespace nv;
using namespace nv::render;
using namespace nv::render::test;

namespace {

/// The file with its compressed parts unpacked after it.
std::string unpacked(const Bytes& bytes) {
  std::string all(bytes.size(), '\0');
  std::memcpy(all.data(), bytes.data(), bytes.size());
  const std::string file = all;
  for (std::size_t at = file.find("stream\r\n"); at != std::string::npos;
       at = file.find("stream\r\n", at + 1)) {
    std::string out(1 << 20, '\0');
    uLongf size = out.size();
    const auto* from = reinterpret_cast<const Bytef*>(file.data() + at + 8);
    uncompress(reinterpret_cast<Bytef*>(out.data()), &size, from, static_cast<uLong>(file.size() - at - 8));
    out.resize(size);
    all += out;
  }
  return all;
}

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// As PDF writes it: hexadecimal UTF-16.
std::string utf16(std::string_view ascii) {
  std::string text;
  for (const char c : ascii) text += fmt::format("00{:02X}", static_cast<int>(c));
  return text;
}

}  // namespace

TEST_CASE("a page has its size in points") {
  CHECK(has(unpacked(encode_pdf(small_scene(), 400)), "/MediaBox [ 0 0 300 150 ]"));
}

TEST_CASE("text stays searchable text in an embedded font") {
  Scene scene = small_scene();
  scene.text({10, 20, "conv × 2", 12, {0, 0, 0}, Anchor::start, FontWeight::regular, Turn::none});
  const std::string pdf = unpacked(encode_pdf(scene, 100));
  CHECK(has(pdf, "LiberationSans"));
  CHECK(has(pdf, "/FontFile2"));
  CHECK(has(pdf, "beginbfrange"));
  CHECK(!has(pdf, "begincidrange"));
  // Codes are Unicode's: c o n v.
  CHECK((has(pdf, "<0063006F006E0076") || has(pdf, "<0063006f006e0076") ||
         has(pdf, std::string_view("\0c\0o\0n\0v", 8))));
}

TEST_CASE("the file holds its provenance, but no date") {
  const std::string pdf = unpacked(
      encode_pdf(small_scene(), 100, {"conv2", "nv 1.2.3", "nv run m.h5", {"7.png sha256:01", "m.h5"}}));
  for (const char* words : {"conv2", "nv 1.2.3", "nv run m.h5", "7.png sha256:01, m.h5"})
    CHECK_MESSAGE(has(pdf, utf16(words)), words);
  CHECK(!has(pdf, "CreationDate"));
  CHECK(!has(pdf, "/ID"));
}

TEST_CASE("every kind of item is drawn") {
  Scene scene = small_scene();
  scene.fill(1, 1, 10, 10, {255, 0, 0});
  scene.outline(1, 1, 10, 10, {{0, 0, 255}, 2, 3});
  scene.line({0, 0}, {50, 20}, {{0, 255, 0}, 1, 0});
  scene.add(Polygon{{{0, 0}, {10, 0}, {5, 8}}, Rgb{9, 9, 9}, Stroke{{0, 0, 0}, 1, 0}, 0.5});
  scene.add(Bitmap{5, 5, 2, 1, 10, 10, {{0, 0, 0}, {255, 0, 0}}, Stroke{{9, 9, 9}, 1, 0}});
  scene.add(Gradient{50, 5, 10, 30, {{0, 0, 0}, {255, 255, 255}}, Direction::up});
  const Bytes bytes = encode_pdf(scene, 100);
  CHECK(bytes == encode_pdf(scene, 100));
  const std::string pdf = unpacked(bytes);
  CHECK(has(pdf, "[3 ] 0 d"));
  CHECK(has(pdf, "/ca 0.5"));
  CHECK(has(pdf, "/Subtype /Image"));
}

TEST_CASE("a page beyond what PDF allows is an error, not a broken file") {
  CHECK_THROWS_WITH_AS(encode_pdf(small_scene(), 96 * 300), doctest::Contains("cannot be a PDF"), Error);
}

TEST_CASE("letters of another font are outlines, written once, over invisible text") {
  Scene scene = small_scene();
  scene.fallback = cjk();
  for (const double y : {10.0, 20.0, 30.0})
    scene.text({10, y, "猫犬猫", 12, {0, 0, 0}, Anchor::middle, FontWeight::regular, Turn::none});
  const Bytes bytes = encode_pdf(scene, 100);
  CHECK(bytes == encode_pdf(scene, 100));
  const std::string pdf = unpacked(bytes);
  std::size_t forms = 0;
  for (std::size_t at = pdf.find("/Form"); at != std::string::npos; at = pdf.find("/Form", at + 1)) ++forms;
  CHECK(forms == 2);
  CHECK(has(pdf, "3 Tr"));
  CHECK((has(pdf, "<732B72AC732B>") || has(pdf, "<732b72ac732b>") || has(pdf, "\x73\x2b\x72\xac\x73\x2b")));
}

TEST_CASE("text for searching is in the order of display, letters beyond 16 bits are left out") {
  const std::string text = "a \u05d0\u05d1 \U0001F600.";
  CHECK(displayed_order(text, shaped(text, FontWeight::regular, nullptr)) == "a \u05d1\u05d0 .");
  const std::string marked = "\u05d0\u05b8\u05d1";  // a letter with a mark, a letter
  CHECK(displayed_order(marked, shaped(marked, FontWeight::regular, nullptr)) == "\u05d1\u05b8\u05d0");
}
