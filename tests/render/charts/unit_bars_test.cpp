#include "nv/render/charts/unit_bars.h"

#include <doctest/doctest.h>

#include <limits>

#include "nv/core/error.h"
#include "render/support.h"

using namespace nv::render;
using namespace nv::render::test;

namespace {

UnitBars bars_of(const std::vector<float>& values) {
  UnitBars bars;
  bars.title = "fc1";
  bars.values = values;
  return bars;
}

/// The bars: filled rectangles of one of the two blues, from left to right.
std::vector<Rect> bars_in(const Scene& scene) {
  const Theme theme = Theme::light();
  std::vector<Rect> found;
  for (const Rect& r : all<Rect>(scene))
    if (r.fill && (*r.fill == theme.accent || *r.fill == mixed(theme.background, theme.accent, 0.6)))
      found.push_back(r);
  return found;
}

}  // namespace

TEST_CASE("up to 64 units are bars as long as their values, the largest in the accent colour") {
  const std::vector<float> values = {1, 4, 2, -2};
  const Scene scene = draw(bars_of(values));
  const std::vector<Rect> bars = bars_in(scene);
  REQUIRE(bars.size() == 4);
  CHECK(bars[1].height == doctest::Approx(4 * bars[0].height).epsilon(0.03));
  CHECK(*bars[1].fill == Theme::light().accent);
  CHECK(bars[3].y == doctest::Approx(bars[0].y + bars[0].height));  // below the line of 0
  CHECK(has_text(scene, "activation"));
  CHECK(has_text(scene, "4 units"));
}

TEST_CASE("classes are named under their bars, upright where names are long") {
  const std::vector<float> values = ramp(10);
  UnitBars bars = bars_of(values);
  for (int i = 0; i < 10; ++i) bars.labels.push_back("class " + std::to_string(i));
  CHECK(has_text(draw(bars), "class 7"));
  check_tidy(draw(bars));
  for (std::string& label : bars.labels) label += " with a name that is much too long to be written level";
  const Scene scene = draw(bars);
  const std::vector<Text> texts = all<Text>(scene);
  CHECK(std::count_if(texts.begin(), texts.end(), [](const Text& t) { return t.turn == Turn::up; }) == 11);
  check_tidy(scene);
}

TEST_CASE("more units are a matrix with numbered rows and columns, and a list of the largest") {
  std::vector<float> values = ramp(120);
  values[63] = 9;
  const Scene scene = draw(bars_of(values));
  const Bitmap bitmap = all<Bitmap>(scene).at(0);
  CHECK(bitmap.columns * bitmap.rows == 120);
  CHECK(bitmap.pixels[63] == map(Colormap::viridis, 1));
  const std::vector<Text> texts = all<Text>(scene);
  CHECK(std::any_of(texts.begin(), texts.end(),
                    [](const Text& t) { return t.text == "63" && t.weight == FontWeight::bold; }));
  CHECK(has_text(scene, "9.00"));
  CHECK(has_text(scene, "unit = number of the row + number of the column"));
}

TEST_CASE("units with negative values have a scale about 0") {
  std::vector<float> values(100, 0.0F);
  values[5] = -3;
  CHECK(all<Bitmap>(draw(bars_of(values))).at(0).pixels[0] == Rgb{255, 255, 255});
  CHECK(has_text(draw(bars_of(values)), "−3.00"));
}

TEST_CASE("frozen units and values that are not finite are marked and not ranked") {
  std::vector<float> values = ramp(100);
  values[50] = std::numeric_limits<float>::quiet_NaN();
  UnitBars bars = bars_of(values);
  bars.frozen = {99, 1000};
  const Scene scene = draw(bars);
  CHECK(has_text(scene, "frozen: 99"));
  CHECK(has_text(scene, "not finite: 1"));
  const std::vector<Text> texts = all<Text>(scene);
  CHECK(std::any_of(texts.begin(), texts.end(),
                    [](const Text& t) { return t.text == "98" && t.weight == FontWeight::bold; }));
}

TEST_CASE("any number of units makes a tidy sheet") {
  for (const std::size_t n : {1U, 2U, 10U, 33U, 64U, 65U, 84U, 128U, 400U, 1000U, 4097U, 25088U}) {
    INFO(n);
    const std::vector<float> values = ramp(n, -1.5F, 20000);
    check_tidy(draw(bars_of(values)));
    const std::vector<float> zeros(n, 0.0F);
    check_tidy(draw(bars_of(zeros)));
  }
}

TEST_CASE("no units, or labels that do not fit, are refused") {
  CHECK_THROWS_AS(draw(UnitBars{}), nv::Error);
  const std::vector<float> values = ramp(3);
  UnitBars bars = bars_of(values);
  bars.labels = {"one"};
  CHECK_THROWS_AS(draw(bars), nv::Error);
}
