#include "nv/figures/comparison/difference_growth.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "figures/comparison/support.h"
#include "nv/core/error.h"
#include "nv/render/scene/print.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render::test;
using nv::test::TwoDigits;
using render::Scene;

namespace {

std::vector<LayerDifference> layers_of(std::size_t count) {
  std::vector<LayerDifference> layers(count);
  for (std::size_t i = 0; i < count; ++i) {
    layers[i].index = i;
    layers[i].path = "a_nested_model/with_a_long_name/layer" + std::to_string(i);
    layers[i].values.relative_l2 = 0.9 + 0.001 * static_cast<double>(i);
  }
  return layers;
}

/// Filled rectangles that begin at one x: the bars.
std::vector<render::Rect> bars_of(const Scene& scene) {
  std::vector<render::Rect> bars;
  for (const render::Rect& r : all<render::Rect>(scene))
    if (r.fill && (bars.empty() || r.x == bars[0].x)) bars.push_back(r);
  return bars;
}

}  // namespace

TEST_CASE("the growth of a difference: bars from 0, whole names, no lines between layers") {
  TwoDigits two;
  const PassPair pair = two.pair();
  const Scene scene = difference_growth(pair, layers_of(12));
  check_tidy(scene);
  CHECK(has_text(scene, "a_nested_model/with_a_long_name/layer11"));
  CHECK(has_text(scene, "relative L2"));
  CHECK(has_text(scene, "0.9"));
  const std::vector<render::Rect> bars = bars_of(scene);
  REQUIRE(bars.size() == 12);
  // Lengths are in proportion, so the axis begins at 0.
  CHECK(bars[11].width / bars[0].width == doctest::Approx(0.911 / 0.9).epsilon(0.01));
  for (const render::Polyline& line : all<render::Polyline>(scene)) {
    REQUIRE(line.points.size() == 2);
    CHECK((line.points[0].x == line.points[1].x || line.points[0].y == line.points[1].y));
  }
}

TEST_CASE("the growth of a difference over many layers fits a page") {
  TwoDigits two;
  const PassPair pair = two.pair();
  for (const std::size_t count : {std::size_t{1}, std::size_t{60}, std::size_t{311}, std::size_t{1000}}) {
    INFO(count);
    const std::vector<LayerDifference> layers = layers_of(count);
    const Scene scene = difference_growth(pair, layers);
    check_tidy(scene);
    CHECK(scene.height < 1500);
    CHECK(has_text(scene, "one name per") == (count > 60));
    CHECK(has_text(scene, "each bar: the largest of 3") == (count == 1000));
    render::Print print;
    print.width = render::parse_length("84mm", "--width");
    check_tidy(
        printed([&](const render::Page& page) { return difference_growth(pair, layers, {}, page); }, print)
            .scene);
  }
  CHECK_THROWS_AS(difference_growth(pair, {}), Error);
  std::vector<LayerDifference> same = layers_of(3);
  for (LayerDifference& l : same) l.values.relative_l2 = 0;
  CHECK(has_text(difference_growth(pair, same), "no difference in any layer"));
}

TEST_CASE("own errors have bars of their own, what is not finite is counted") {
  TwoDigits two;
  const PassPair pair = two.pair();
  std::vector<LayerDifference> layers = layers_of(4);
  for (LayerDifference& l : layers) l.own_relative_l2 = 0;
  layers[2].own_relative_l2 = 0.3;
  layers[3].values.relative_l2 = std::numeric_limits<double>::infinity();
  Scene scene = difference_growth(pair, layers);
  check_tidy(scene);
  CHECK(bars_of(scene).size() == 4);
  CHECK(has_text(scene, "first divergent layer: a_nested_model/with_a_long_name/layer2"));
  CHECK(has_text(scene, "not finite, without a bar: 1"));
  layers[2].own_relative_l2 = 1e-7;
  scene = difference_growth(pair, layers);
  CHECK(has_text(scene, "no layer's own error is above 0.0001"));
}
