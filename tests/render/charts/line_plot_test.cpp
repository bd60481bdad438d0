#include "nv/render/charts/line_plot.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>
#include <string>

#include "nv/core/error.h"
#include "nv/render/scene/print.h"
#include "render/support.h"

using namespace nv;
using namespace nv::render;
using namespace nv::render::test;

namespace {

LinePlot accuracy_plot() {
  LinePlot plot;
  plot.title = "accuracy against eps";
  plot.source = "lenet5.h5";
  plot.x_label = "eps (L∞)";
  plot.y_label = "robust accuracy";
  plot.y_lo = 0;
  plot.y_hi = 1;
  plot.series = {{"fgsm", {{0, 0.99}, {0.1, 0.81}, {0.2, 0.52}, {0.3, 0.31}}},
                 {"pgd", {{0, 0.99}, {0.1, 0.74}, {0.2, 0.22}, {0.3, 0.01}}}};
  return plot;
}

}  // namespace

TEST_CASE("a line plot names its axes and lines, and keeps to its page") {
  LinePlot plot = accuracy_plot();
  for (const double width : {260.0, 720.0}) {
    plot.page.width = width;
    const Scene scene = draw(plot);
    check_tidy(scene);
    CHECK(scene.width == width);
    for (const char* words : {"robust accuracy", "eps (L∞)", "fgsm", "pgd", "0.2"})
      CHECK_MESSAGE(has_text(scene, words), words);
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

TEST_CASE("names of layers along a plot are upright if they do not fit side by side") {
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

TEST_CASE("ticks with names: some are left out where they do not fit, never the first and the last") {
  LinePlot plot = accuracy_plot();
  plot.x_ticks = {{0, "0", ""}, {0.1, "a tenth", "0.1"}, {0.11, "a ninth", "0.11"}, {0.3, "three", "0.3"}};
  for (const double width : {200.0, 720.0}) {
    plot.page.width = width;
    const Scene scene = draw(plot);
    check_tidy(scene);
    CHECK(has_text(scene, "0.3"));
    CHECK(has_text(scene, "three"));
    CHECK_FALSE(has_text(scene, "a ninth"));
  }
}

TEST_CASE("each line of a plot has a marker of its own") {
  LinePlot plot = accuracy_plot();
  plot.series.clear();
  for (int i = 0; i < 14; ++i) plot.series.push_back({"m" + std::to_string(i), {{0, 0.5}, {1, 0.4}}});
  std::set<std::string> markers;
  for (const Polygon& p : all<Polygon>(draw(plot))) {
    std::string shape = p.stroke ? "hollow" : "filled";
    for (const Point& at : p.points)
      shape += fmt::format(" {},{}", std::lround(100 * (at.x - p.points[0].x) + 0.1),
                           std::lround(100 * (at.y - p.points[0].y) + 0.1));
    markers.insert(shape);
  }
  CHECK(markers.size() == 14);
}

TEST_CASE("a line plot without points is refused, points that are not finite draw nothing") {
  CHECK_THROWS_AS(draw(LinePlot{}), Error);
  LinePlot lost = accuracy_plot();
  lost.series = {{"", {{0, std::numeric_limits<double>::infinity()}}}};
  CHECK_NOTHROW(draw(lost));
}
