// Curves and bars of figures: accuracy against eps, a difference from layer to layer, what each filter is
// worth.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nv/render/maps.h"
#include "nv/render/scale.h"

namespace nv::render {

enum class AxisScale { linear, log };

/// Lines through points, told apart by colour, marker and dash, so that grey print tells them too.
struct LinePlot : Heading {
  struct Series {
    std::string name;           ///< in the legend; "" for none
    std::vector<Point> points;  ///< from left to right; those not finite make a gap
  };
  std::vector<Series> series;
  std::string x_label, y_label;
  std::vector<std::string> x_names;  ///< where x are indices 0, 1, ... of things with names (layers)
  AxisScale x_scale = AxisScale::linear;
  AxisScale y_scale = AxisScale::linear;  ///< log shows positive numbers alone
  std::optional<double> y_lo, y_hi;       ///< ends of the axis; else the data's, with 0 where it is near
  Theme theme = Theme::light();
  Page page{720, true, 24};
};

/// Horizontal bars from 0, a row a thing, in the order given.
struct BarChart : Heading {
  struct Row {
    std::string name;
    std::vector<double> values;  ///< one a series
  };
  std::vector<std::string> series;  ///< names in the legend; empty where there is one alone
  std::vector<Row> rows;
  std::string meaning;       ///< what a bar's length stands for
  std::optional<double> hi;  ///< that a bar of the whole width stands for; else the largest value
  std::string (*number)(double) = compact_number;  ///< how the value is written behind its bar
  Theme theme = Theme::light();
  Page page{640, true, 24};
};

/// Both throw Error(usage) where there is nothing to draw, or rows have different numbers of values.
Scene draw(const LinePlot& plot);
Scene draw(const BarChart& chart);

}  // namespace nv::render
