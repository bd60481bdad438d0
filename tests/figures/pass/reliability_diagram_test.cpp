#include "nv/figures/pass/reliability_diagram.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "nv/core/error.h"
#include "render/support.h"

using namespace nv;
using render::test::all;
using render::test::check_tidy;
using render::test::has_text;

namespace {

/// 40 inputs of confidence 0.9, of which 30 are right, and one of 0.3.
Calibration overconfident() {
  Calibration c;
  for (int i = 0; i < 40; ++i) c.add({0.9, 0.5, 0.25}, i < 30);
  c.add({0.3, 1.0, 0.5}, false);
  return c;
}

}  // namespace

TEST_CASE("reliability diagram: figures in the heading, bars up to the accuracy, and the shares of inputs") {
  const render::Scene scene = figures::reliability_diagram(overconfident(), "m.h5");
  check_tidy(scene);
  for (const char* words : {"41 inputs", "m.h5", "accuracy 0.7317", "15 bins of equal width"})
    CHECK_MESSAGE(has_text(scene, words), words);
  CHECK(has_text(scene, "ECE 0.1537"));  // (40 * 0.15 + 0.3) / 41
  const auto bars = all<render::Rect>(scene);
  // Two bins with accuracy, gap and share each; that of 0.3 has no accuracy to show.
  CHECK(bars.size() >= 5);
  const auto tallest = std::ranges::max_element(bars, {}, &render::Rect::height);
  const auto gap = std::ranges::find_if(bars, [&](const render::Rect& r) {
    return r.x > tallest->x && r.x + r.width < tallest->x + tallest->width;
  });
  REQUIRE(gap != bars.end());
  CHECK(gap->height / tallest->height == doctest::Approx(0.15 / 0.75));
}

TEST_CASE("reliability diagram: fits a column of 84 mm, and refuses a set without inputs") {
  render::Page page{317, false, 8};
  page.exact = true;
  const render::Scene scene = figures::reliability_diagram(overconfident(), "m.h5", {}, page);
  check_tidy(scene);
  CHECK(scene.width == 317);
  CHECK_THROWS_AS(figures::reliability_diagram(Calibration(), "m.h5"), Error);
}
