// Draws measurements as lines on logarithmic axes: growth_plot TITLE X_LABEL Y_LABEL < TABLE > FIGURE.svg
// TABLE has lines of "series<TAB>x<TAB>y", the points of a series from left to right.
#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>

#include "nv/core/error.h"
#include "nv/render/backends/svg.h"
#include "nv/render/charts/line_plot.h"

namespace {

nv::render::LinePlot read_plot(std::istream& table) {
  nv::render::LinePlot plot;
  std::string line;
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string name;
    double x = 0, y = 0;
    if (!std::getline(fields, name, '\t') || !(fields >> x >> y))
      nv::throw_usage("expected SERIES<TAB>X<TAB>Y, got {}", line);
    if (plot.series.empty() || plot.series.back().name != name) plot.series.push_back({name, {}});
    plot.series.back().points.push_back({x, y});
    if (std::ranges::none_of(plot.x_ticks, [&](const auto& t) { return t.x == x; }))
      plot.x_ticks.push_back({x, fmt::format("{:g}", x), ""});
  }
  std::ranges::sort(plot.x_ticks, {}, &nv::render::LinePlot::Tick::x);
  return plot;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: growth_plot TITLE X_LABEL Y_LABEL < TABLE > FIGURE.svg\n";
    return 2;
  }
  try {
    nv::render::LinePlot plot = read_plot(std::cin);
    plot.title = argv[1];
    plot.x_label = argv[2];
    plot.y_label = argv[3];
    plot.x_scale = plot.y_scale = nv::render::AxisScale::log;
    plot.page.width = 480;
    std::cout << nv::render::encode_svg(nv::render::draw(plot), plot.page.width);
  } catch (const std::exception& e) {
    std::cerr << "growth_plot: " << e.what() << '\n';
    return 1;
  }
}
