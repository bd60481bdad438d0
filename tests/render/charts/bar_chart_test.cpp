#include "nv/render/charts/bar_chart.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>

#include "nv/core/error.h"
#include "render/support.h"

using namespace nv;
using namespace nv::render;
using namespace nv::render::test;

namespace {

BarChart filter_chart() {
  BarChart chart;
  chart.title = "filters of conv2";
  chart.meaning = "change of the winning score";
  chart.rows = {{"conv2:3", {-0.5}}, {"conv2:11", {0.25}}, {"conv2:0", {0.02}}};
  return chart;
}

}  // namespace

TEST_CASE("bars begin at 0 and go both ways") {
  const Scene scene = draw(filter_chart());
  check_tidy(scene);
  const std::vector<Rect> bars = all<Rect>(scene);
  REQUIRE(bars.size() == 3);
  CHECK(bars[0].x + bars[0].width == bars[1].x);
  CHECK(bars[1].x == bars[2].x);
  CHECK(std::abs(bars[0].width - 2 * bars[1].width) <= 2);
  CHECK(has_text(scene, "−0.5"));
  CHECK(has_text(scene, "conv2:11"));
}

TEST_CASE("bars of several series are drawn in one row per thing") {
  BarChart chart = filter_chart();
  chart.series = {"before", "after"};
  for (BarChart::Row& row : chart.rows) row.values.push_back(0.1);
  const Scene scene = draw(chart);
  check_tidy(scene);
  CHECK(has_text(scene, "after"));
  chart.rows[1].values.pop_back();
  CHECK_THROWS_AS(draw(chart), Error);
}

TEST_CASE("bars can stand for shares of a given whole, their numbers written as the caller wants") {
  BarChart chart = filter_chart();
  chart.rows = {{"a", {0.5}}, {"b", {0.25}}};
  const double whole = all<Rect>(draw(chart)).at(0).width;
  chart.hi = 1;
  chart.number = [](double) { return std::string("many"); };
  const Scene scene = draw(chart);
  CHECK(all<Rect>(scene).at(0).width == doctest::Approx(whole / 2).epsilon(0.05));
  CHECK(has_text(scene, "many"));
}

TEST_CASE("a chart without bars is refused") {
  CHECK_THROWS_AS(draw(BarChart{}), Error);
}
