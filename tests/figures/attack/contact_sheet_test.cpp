#include "nv/figures/attack/contact_sheet.h"

#include <doctest/doctest.h>

#include <cmath>
#include <map>

#include "nv/core/error.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

ContactSheet sheet_of(int count, int side) {
  ContactSheet sheet;
  sheet.title = "samples";
  for (int i = 0; i < count; ++i) {
    const auto shade = static_cast<std::uint8_t>(i);
    sheet.samples.push_back(
        {{side, side, std::vector<Rgb>(static_cast<std::size_t>(side * side), {shade, 0, 0}), ""},
         std::to_string(i),
         "3",
         "pgd"});
  }
  return sheet;
}

}  // namespace

TEST_CASE("a contact sheet has its pictures in order, row by row, with both classes below") {
  const Scene scene = draw(sheet_of(20, 28));
  check_tidy(scene);
  const std::vector<Bitmap> pictures = all<Bitmap>(scene);
  REQUIRE(pictures.size() == 20);
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    CHECK(pictures[i].pixels[0].r == i);
    CHECK(pictures[i].cell_width == 3);
    if (i > 0)
      CHECK((pictures[i].y > pictures[i - 1].y ||
             (pictures[i].y == pictures[i - 1].y && pictures[i].x > pictures[i - 1].x)));
  }
  CHECK(has_text(scene, "0 → 3"));
  CHECK(has_text(scene, "19 → 3"));
  CHECK_FALSE(has_text(scene, "pgd"));  // is in the heading if it is the only one
}

TEST_CASE("a contact sheet of several methods names that of each sample, long classes stand in two lines") {
  ContactSheet sheet = sheet_of(3, 28);
  sheet.samples[1].method = "deepfool";
  sheet.samples[2].before = "white-tailed sea eagle";
  sheet.samples[2].after = "a class whose name is too long for any contact sheet";
  const Scene scene = draw(sheet);
  check_tidy(scene);
  std::size_t pgd = 0;
  for (const Text& t : all<Text>(scene)) pgd += t.text == "pgd" ? 1 : 0;
  CHECK(pgd == 2);
  for (const char* words : {"deepfool", "white-tailed sea eagle", "→ a class whose", "→ 3"})
    CHECK_MESSAGE(has_text(scene, words), words);
}

TEST_CASE("rows of a contact sheet are of about equal length") {
  for (const int count : {1, 7, 10, 11, 13, 29, 100}) {
    CAPTURE(count);
    std::map<double, int> rows;
    for (const Bitmap& b : all<Bitmap>(draw(sheet_of(count, 28)))) ++rows[b.y];
    const int columns = rows.begin()->second, last = rows.rbegin()->second;
    CHECK(columns - last < static_cast<int>(rows.size()));
  }
}

TEST_CASE("pictures of other sizes stand in the middle of their places, and large ones are shrunk") {
  ContactSheet sheet = sheet_of(3, 28);
  sheet.samples[1] = sheet_of(1, 300).samples[0];
  sheet.samples[2].picture.pixels.clear();
  const Scene scene = draw(sheet);
  check_tidy(scene);
  CHECK(all<Bitmap>(scene).size() == 2);
  CHECK(has_text(scene, "means over up to 4 × 4 pixels"));
}

TEST_CASE("an exact page is kept, otherwise many pictures have sides of about 3 to 2") {
  ContactSheet sheet = sheet_of(100, 28);
  sheet.page.exact = true;
  sheet.page.width = 300;
  Scene scene = draw(sheet);
  check_tidy(scene);
  CHECK(scene.width <= 300);
  sheet = sheet_of(1000, 1);
  scene = draw(sheet);
  CHECK(scene.width / scene.height > 1);
  CHECK(scene.width / scene.height < 2);
}

TEST_CASE("a contact sheet without pictures is refused") {
  CHECK_THROWS_AS(draw(ContactSheet{}), Error);
}
