#include "nv/figures/pass/scores.h"

#include <doctest/doctest.h>

#include <limits>

#include "nv/core/error.h"
#include "nv/figures/pass/score_rows.h"
#include "nv/render/scene/print.h"
#include "render/support.h"

using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

ScoreBars animals() {
  ScoreBars bars;
  bars.title = "class scores";
  bars.scores = {0.1F, 0.6F, 0.25F, 0.05F};
  bars.labels = {"bird", "cat", "dog", "frog"};
  return bars;
}

const Text* text(const std::vector<Text>& texts, const std::string& words) {
  const auto found =
      std::find_if(texts.begin(), texts.end(), [&words](const Text& t) { return t.text == words; });
  return found == texts.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("classes are ranked by score, equal ones by index, NaN last, the true class is kept") {
  ScoreBars bars;
  bars.scores = {1, std::numeric_limits<float>::quiet_NaN(), 3, 1};
  const auto order = [&bars](int top) {
    std::vector<int> indices;
    for (const Ranked& r : ranked(bars, top)) indices.push_back(r.index);
    return indices;
  };
  CHECK(order(9) == std::vector<int>{2, 0, 3, 1});
  CHECK(order(1) == std::vector<int>{2});
  bars.truth = 3;
  CHECK(order(1) == std::vector<int>{2, 3});
  CHECK(ranked(bars, 1)[1].rank == 2);
}

TEST_CASE("the predicted class is bold, values are written, bars have their lengths") {
  const Scene scene = draw(animals());
  const std::vector<Text> texts = all<Text>(scene);
  REQUIRE(text(texts, "cat"));
  CHECK(text(texts, "cat")->weight == FontWeight::bold);
  CHECK(text(texts, "dog")->weight == FontWeight::regular);
  CHECK(text(texts, "cat")->y < text(texts, "dog")->y);
  CHECK(text(texts, "0.6000"));
  double winner = 0, second = 0;
  for (const Rect& r : all<Rect>(scene)) {
    if (r.fill == Theme::light().accent) winner = r.width;
    if (r.fill == mixed(Theme::light().background, Theme::light().accent, 0.5))
      second = std::max(second, r.width);
  }
  CHECK(winner == doctest::Approx(second * 0.6 / 0.25).epsilon(0.02));
}

TEST_CASE("the true class is outlined and named, with a check mark if it is predicted") {
  ScoreBars bars = animals();
  CHECK(!has_text(draw(bars), "truth"));
  bars.truth = 2;
  CHECK(has_text(draw(bars), "truth"));
  CHECK(all<Polyline>(draw(bars)).empty());
  bars.truth = 1;
  CHECK(all<Polyline>(draw(bars)).size() == 1);
}

TEST_CASE("a true class beyond the top is shown with its rank") {
  ScoreBars bars = animals();
  bars.top = 2;
  bars.truth = 3;
  const Scene scene = draw(bars);
  CHECK(has_text(scene, "rank 4:"));
  CHECK(has_text(scene, "frog"));
  CHECK(!has_text(scene, "bird"));
  CHECK(has_text(scene, "the 2 largest of 4 classes"));
}

TEST_CASE("probabilities near 0 and 1 are not rounded to them") {
  ScoreBars bars;
  bars.scores = {0.99999F, 1e-5F, 0};
  const Scene scene = draw(bars);
  CHECK(has_text(scene, "> 0.9999"));
  CHECK(has_text(scene, "< 0.0001"));
}

TEST_CASE("bars of logits start at 0, long names are cut, and nothing overlaps") {
  ScoreBars bars;
  bars.meaning = "logit";
  for (int i = 0; i < 1000; ++i) {
    bars.scores.push_back(static_cast<float>(3 - i));
    bars.labels.push_back("a class whose name is much longer than any column that a sheet may have for it");
  }
  bars.truth = 999;
  check_tidy(draw(bars));
  CHECK(has_text(draw(bars), "…"));
  bars.labels.pop_back();
  CHECK_THROWS_AS(draw(bars), nv::Error);
  CHECK_THROWS_AS(draw(ScoreBars{}), nv::Error);
}

TEST_CASE("scores keep to a narrow page") {
  ScoreBars bars;
  bars.title = "scores";
  bars.scores = ramp(40);
  for (const char* width : {"84mm", "150px", "7in"}) {
    Print print;
    print.width = parse_length(width, "--width");
    const Printed sheet = printed(
        [&bars](const Page& page) {
          bars.page = page;
          return draw(bars);
        },
        print);
    check_tidy(sheet.scene);
    CHECK(sheet.width == doctest::Approx(inches(*print.width, print.resolution()) * 96));
  }
}
