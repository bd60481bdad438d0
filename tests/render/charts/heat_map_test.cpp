#include "nv/render/charts/heat_map.h"

#include <doctest/doctest.h>

#include <cmath>

#include "nv/core/error.h"
#include "nv/render/scene/print.h"
#include "render/support.h"

using namespace nv;
using namespace nv::render;
using namespace nv::render::test;

namespace {

HeatMap transfer() {
  HeatMap map;
  map.title = "transfer of samples";
  map.source = "lenet5.h5";
  map.rows = {"fgsm", "pgd", "deepfool"};
  map.columns = {"lenet5.h5", "vgg.h5", "a-model-with-a-very-long-name.keras"};
  map.values = {1, 0.31, 0.42, 1, 0.55, std::nan(""), 0.5, 0, 0.07};
  map.row_noun = "made by";
  map.column_noun = "tried on";
  map.meaning = "share that fools";
  return map;
}

const Text& text_of(const std::vector<Text>& texts, const std::string& words) {
  const auto at = std::ranges::find(texts, words, &Text::text);
  REQUIRE(at != texts.end());
  return *at;
}

}  // namespace

TEST_CASE("a heat map writes each number in its cell, in ink that can be read, and names rows and columns") {
  for (const Theme& theme : {Theme::light(), Theme::dark()})
    for (const double width : {360.0, 720.0, 1400.0}) {
      HeatMap heat = transfer();
      heat.theme = theme;
      heat.page.width = width;
      const Scene scene = draw(heat);
      check_tidy(scene);
      CHECK(scene.width <= width);
      for (const char* words : {"fgsm", "deepfool", "lenet5.h5", "0.31", "1.00", "0.07", "-", "made by",
                                "tried on", "share that fools"})
        CHECK_MESSAGE(has_text(scene, words), words);
      const std::vector<Text> texts = all<Text>(scene);
      CHECK(text_of(texts, "0.07").colour == Rgb{255, 255, 255});
      CHECK(text_of(texts, "1.00").colour == Rgb{0, 0, 0});
    }
}

TEST_CASE("a second line per cell, and cells wide enough for it") {
  HeatMap heat = transfer();
  heat.details.assign(9, "12,345/67,890");
  for (const double width : {480.0, 720.0}) {
    heat.page.width = width;
    const Scene scene = draw(heat);
    check_tidy(scene);
    CHECK(has_text(scene, "12,345/67,890"));
  }
  heat.details.pop_back();
  CHECK_THROWS_AS(draw(heat), Error);
}

TEST_CASE("cells are coloured on a fixed scale from 0 to 1") {
  HeatMap heat = transfer();
  heat.values = {0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};
  std::size_t cells = 0;
  for (const Rect& r : all<Rect>(draw(heat)))
    if (r.fill == map(Colormap::viridis, 0.5)) ++cells;
  CHECK(cells == 9);
}

TEST_CASE("many columns with long names stand upright") {
  HeatMap heat = transfer();
  heat.columns.clear();
  for (int i = 0; i < 12; ++i) heat.columns.push_back("imagenet-model-" + std::to_string(i) + ".keras");
  heat.values.assign(36, 0.25);
  const Scene scene = draw(heat);
  check_tidy(scene);
  const std::vector<Text> texts = all<Text>(scene);
  CHECK(std::ranges::count(texts, Turn::up, &Text::turn) >= 12);
}

TEST_CASE("an exact width is kept") {
  HeatMap heat = transfer();
  const Compose compose = [&heat](const Page& page) {
    heat.page = page;
    return draw(heat);
  };
  Print print;
  print.width = parse_length("84mm", "--width");
  const Printed result = printed(compose, print);
  CHECK(result.width == doctest::Approx(84 / 25.4 * 96));
  check_tidy(result.scene);
}

TEST_CASE("a heat map without cells, or with another number of them, is refused") {
  CHECK_THROWS_AS(draw(HeatMap{}), Error);
  HeatMap heat = transfer();
  heat.values.pop_back();
  CHECK_THROWS_AS(draw(heat), Error);
}
