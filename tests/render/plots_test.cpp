#include "nv/render/plots.h"

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "nv/core/error.h"
#include "nv/render/print.h"
#include "support.h"

using namespace nv;
using namespace nv::render;
using namespace nv::render::test;

namespace {

LinePlot accuracy_plot() {
  LinePlot plot;
  plot.title = "accuracy against eps";
  plot.model = "lenet5.h5";
  plot.x_label = "eps (L∞)";
  plot.y_label = "robust accuracy";
  plot.y_lo = 0;
  plot.y_hi = 1;
  plot.series = {{"fgsm", {{0, 0.99}, {0.1, 0.81}, {0.2, 0.52}, {0.3, 0.31}}},
                 {"pgd", {{0, 0.99}, {0.1, 0.74}, {0.2, 0.22}, {0.3, 0.01}}}};
  return plot;
}

BarChart filter_chart() {
  BarChart chart;
  chart.title = "filters of conv2";
  chart.meaning = "change of the winning score";
  chart.rows = {{"conv2:3", {-0.5}}, {"conv2:11", {0.25}}, {"conv2:0", {0.02}}};
  return chart;
}

}  // namespace

TEST_CASE("a line plot says what its axes and its lines are, and keeps to its page") {
  LinePlot plot = accuracy_plot();
  for (const double width : {260.0, 720.0}) {
    plot.page.width = width;
    const Scene scene = draw(plot);
    check_tidy(scene);
    CHECK(scene.width == width);
    for (const char* words : {"robust accuracy", "eps (L∞)", "fgsm", "pgd", "0.2"})
      CHECK_MESSAGE(says(scene, words), words);
  }
}

TEST_CASE("higher values are higher on the sheet") {
  LinePlot plot = accuracy_plot();
  plot.series.resize(1);
  for (const AxisScale scale : {AxisScale::linear, AxisScale::log}) {
    plot.y_scale = scale;
    plot.y_lo = scale == AxisScale::log ? 0.01 : 0;
    for (const Polyline& line : all<Polyline>(draw(plot)))
      if (line.points.size() == 4)
        for (std::size_t i = 1; i < 4; ++i) CHECK(line.points[i - 1].y < line.points[i].y);
  }
}

TEST_CASE("a number that is not finite breaks a line in two") {
  LinePlot plot = accuracy_plot();
  plot.series.resize(1);
  plot.series[0].points = {{0, 1}, {1, 2}, {2, std::nan("")}, {3, 1}, {4, 3}};
  plot.y_hi.reset();
  std::size_t thick = 0;
  for (const Polyline& line : all<Polyline>(draw(plot)))
    if (line.stroke.width == 2 && line.points.front().x != line.points.back().x &&
        line.points.front().y != line.points.back().y)
      ++thick;
  CHECK(thick == 2);
}

TEST_CASE("names of layers along a plot stand upright where they have no room") {
  LinePlot plot = accuracy_plot();
  plot.series.resize(1);
  plot.series[0].points.clear();
  for (int i = 0; i < 40; ++i) {
    plot.x_names.push_back("block" + std::to_string(i) + "_convolution");
    plot.series[0].points.push_back({static_cast<double>(i), i * 0.02});
  }
  const Scene scene = draw(plot);
  check_tidy(scene);
  const std::vector<Text> texts = all<Text>(scene);
  CHECK(std::count_if(texts.begin(), texts.end(), [](const Text& t) { return t.turn == Turn::up; }) > 20);
}

TEST_CASE("bars begin at 0 and go both ways") {
  const Scene scene = draw(filter_chart());
  check_tidy(scene);
  const std::vector<Rect> bars = all<Rect>(scene);
  REQUIRE(bars.size() == 3);
  CHECK(bars[0].x + bars[0].width == bars[1].x);
  CHECK(bars[1].x == bars[2].x);
  CHECK(std::abs(bars[0].width - 2 * bars[1].width) <= 2);
  CHECK(says(scene, "−0.5"));
  CHECK(says(scene, "conv2:11"));
}

TEST_CASE("bars of several series share a row each") {
  BarChart chart = filter_chart();
  chart.series = {"before", "after"};
  for (BarChart::Row& row : chart.rows) row.values.push_back(0.1);
  const Scene scene = draw(chart);
  check_tidy(scene);
  CHECK(says(scene, "after"));
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
  CHECK(says(scene, "many"));
}

TEST_CASE("plots without anything in them are refused") {
  CHECK_THROWS_AS(draw(LinePlot{}), Error);
  CHECK_THROWS_AS(draw(BarChart{}), Error);
  LinePlot lost = accuracy_plot();
  lost.series = {{"", {{0, std::numeric_limits<double>::infinity()}}}};
  CHECK_NOTHROW(draw(lost));
}
