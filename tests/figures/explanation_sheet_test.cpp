#include "nv/figures/explanation/explanation_sheet.h"

#include <doctest/doctest.h>

#include <set>

#include "nv/core/error.h"
#include "nv/render/scene/sheet.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

constexpr int side = 16;

ExplanationPanel panel(const std::string& name, float lo, float hi) {
  return {
      name, {"half of it on 9 % of the pixels, most (20 %) at the top"}, ramp(side * side, lo, hi), lo < 0};
}

ExplanationSheet sheet_with(std::vector<ExplanationPanel> panels) {
  ExplanationSheet sheet;
  sheet.title = "explanations of the logit of cat";
  sheet.source = "vgg.h5";
  sheet.input = {side, side, std::vector<Rgb>(side * side, Rgb{200, 100, 0}), ""};
  sheet.panels = std::move(panels);
  return sheet;
}

}  // namespace

TEST_CASE("explanation: one method is shown as input, overlay and map, with a colour bar") {
  for (const double width : {318.0, 1000.0})
    for (const float lo : {-1.0F, 0.0F}) {
      ExplanationSheet sheet = sheet_with({panel("grad-cam", lo, 1)});
      sheet.page.width = width;
      const Scene scene = draw(sheet);
      check_tidy(scene);
      CHECK(scene.width <= width);
      const std::vector<Bitmap> tiles = all<Bitmap>(scene);
      REQUIRE(tiles.size() == 3);
      for (const Bitmap& tile : tiles) CHECK(tile.cell_width == tiles[0].cell_width);
      CHECK(tiles[0].pixels[0] == Rgb{200, 100, 0});
      CHECK(all<Gradient>(scene).size() == 1);
      for (const char* words : {"input", "overlay", "grad-cam", "importance"})
        CHECK_MESSAGE(has_text(scene, words), words);
    }
}

TEST_CASE("explanation: several methods are laid over the input, each class in a row if there is width") {
  std::vector<ExplanationPanel> panels;
  for (const char* name : {"lrp: cat", "rise: cat", "lrp: frog", "rise: frog"})
    panels.push_back(panel(name, -1, 1));
  ExplanationSheet sheet = sheet_with(panels);
  sheet.per_row = 2;
  const std::vector<Bitmap> tiles = all<Bitmap>(draw(sheet));
  REQUIRE(tiles.size() == 5);
  CHECK(tiles[1].y == tiles[2].y);
  CHECK(tiles[3].y > tiles[1].y);
  CHECK(tiles[3].x == tiles[1].x);  // the input's column stays empty
  CHECK(tiles[1].x > tiles[0].x);
  for (const double width : {200.0, 318.0, 1000.0}) {
    sheet.page.width = width;
    const Scene scene = draw(sheet);
    check_tidy(scene);
    CHECK(all<Bitmap>(scene).size() == 5);
  }
}

TEST_CASE("explanation: an overlay is the grey input where the map is 0, and redder the larger it is") {
  const PixelGrid input{3, 1, std::vector<Rgb>(3, Rgb{80, 80, 80}), ""};
  const std::vector<Rgb> pixels = overlay(input, {"", {}, {0, 1, -1}, true});
  CHECK(pixels[0].r == pixels[0].b);
  CHECK(pixels[1].r > pixels[1].b);
  CHECK(pixels[2].b > pixels[2].r);
  // Of a map whose 0 means nothing, the least value shows the input.
  const std::vector<Rgb> relative = overlay(input, {"", {}, {5, 6, 7}, false, false});
  CHECK(relative[0] == pixels[0]);
  CHECK_FALSE(relative[2] == pixels[0]);
  // On a common scale the same value has the same colour.
  CHECK(overlay(input, {"", {}, {0, 1, 1}, true, true, 4})[1] ==
        overlay(input, {"", {}, {0, 1, 4}, true})[1]);
}

TEST_CASE("explanation: a constant map and numbers that are not finite are drawn") {
  ExplanationSheet sheet = sheet_with({panel("gradient", 0, 0)});
  check_tidy(draw(sheet));
  sheet.panels[0].values[7] = std::numeric_limits<float>::quiet_NaN();
  check_tidy(draw(sheet));
  sheet.panels[0].values.pop_back();
  CHECK_THROWS_AS((void)draw(sheet), Error);
}

TEST_CASE("explanation: on a short page the tiles are small, if words fit below them") {
  std::vector<ExplanationPanel> panels;
  for (int i = 0; i < 10; ++i) {
    panels.push_back(panel("channel " + std::to_string(i), -1, 1));
    panels.back().words = {"relevance 0.012"};
  }
  ExplanationSheet sheet = sheet_with(panels);
  sheet.page = {318, true, 10};
  sheet.page.exact = true;
  const Scene free = draw(sheet);
  sheet.page.height = 0.6 * free.height;
  const Scene low = draw(sheet);
  check_tidy(low);
  CHECK(low.height < 0.8 * free.height);
  for (ExplanationPanel& p : sheet.panels)
    p.words = {"half of it on 9 % of the pixels, most (20 %) at the top"};
  for (const Bitmap& tile : all<Bitmap>(draw(sheet))) CHECK(tile.width() >= 60);
}

TEST_CASE("explanation: the legend says what each of the two scales means") {
  const Scene both = draw(sheet_with({panel("lrp", -1, 1), panel("grad-cam", 0, 1)}));
  CHECK(has_text(both, "red: for it, blue: against it"));
  CHECK(has_text(both, "from blue to yellow: little to much importance, none against it"));
  const Scene cams = draw(sheet_with({panel("grad-cam", 0, 1), panel("rise", 0, 1)}));
  CHECK_FALSE(has_text(cams, "red: for it, blue: against it"));
  CHECK(has_text(cams, "from blue to yellow: little to much importance, none against it"));
}

TEST_CASE(
    "explanation: on a page of a column all methods fit, with whole names, and no text is in the margins") {
  std::vector<ExplanationPanel> panels;
  for (const char* name :
       {"gradient", "gradient-input", "integrated-gradients", "expected-gradients", "smoothgrad", "vargrad",
        "guided-backprop", "grad-cam", "grad-cam++", "hires-cam", "layer-cam", "ablation-cam", "score-cam",
        "occlusion", "rise", "lrp-epsilon", "lrp"}) {
    panels.push_back(panel(name, -1, 1));
    panels.back().words = {"half on 9.3 %", "bottom right 17 %"};
  }
  for (const double width : {309.0, 387.0, 460.0, 658.0}) {  // 84 mm with text of 10, 8 and 7 pt, and 174 mm
    CAPTURE(width);
    ExplanationSheet sheet = sheet_with(panels);
    sheet.page = {width, true, 10};
    sheet.page.exact = true;
    sheet.page.height = 1.5 * width;
    const Scene scene = draw(sheet);
    check_tidy(scene);
    CHECK(scene.height < 2.6 * width);
    const Font font;
    std::string letters;
    for (const Text& t : all<Text>(scene)) {
      INFO(t.text);
      const Box box = box_of(font, t);
      CHECK(box.x0 >= 9.5);
      CHECK(box.x1 <= width - 9.5);
      CHECK(t.text.find("\u2026") == std::string::npos);
      letters += t.text + "|";
    }
    CHECK((has_text(scene, "integrated-gradients") ||
           letters.find("integrated-|gradients") != std::string::npos));
    CHECK_FALSE(has_text(scene, "(17 |"));
  }
}

TEST_CASE("a number and its % sign are not broken apart") {
  const Font font;
  for (const double width : {40.0, 60.0, 80.0})
    for (const std::string& line : wrapped(font, "half of it on 9.3 % of the pixels", 11, width))
      CHECK_FALSE(line.starts_with("%"));
}
