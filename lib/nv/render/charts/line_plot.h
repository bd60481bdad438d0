// Lines through points, on linear or logarithmic axes.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/render/charts/axis.h"
#include "nv/render/scene/heading.h"

namespace nv::render {

/// Series are told apart by colour, marker and dash, so that they stay apart in grey print.
struct LinePlot : Heading {
  struct Series {
    std::string name;           ///< in the key; "" for none
    std::vector<Point> points;  ///< from left to right; values that are not finite make a gap
  };
  /// A mark on the x axis, with its name and a second, smaller line below that.
  struct Tick {
    double x = 0;
    std::string label, detail;  ///< "4/255", "0.0157"; "" for none
  };
  std::vector<Series> series;
  std::string x_label, y_label;
  std::vector<std::string> x_names;  ///< names of x = 0, 1, ... (layers); empty: x are numbers
  /// From left to right; empty: round numbers. Where labels do not fit side by side, some are left out, the
  /// first and the last never.
  std::vector<Tick> x_ticks;
  AxisScale x_scale = AxisScale::linear;
  AxisScale y_scale = AxisScale::linear;  ///< log shows positive numbers only
  std::optional<double> y_lo, y_hi;       ///< ends of the axis; default: of the data, and 0 if it is near
  Theme theme = Theme::light();
  Page page{720, true, 24};
};

/// Throws Error(usage) if there are no points.
Scene draw(const LinePlot& plot);

}  // namespace nv::render
