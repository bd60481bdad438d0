// Axes of plots: positions of numbers and their ticks. For the charts of this folder.
#pragma once

#include <string>
#include <vector>

#include "nv/render/charts/series.h"
#include "nv/render/scene/sheet.h"

namespace nv::render {

enum class AxisScale { linear, log };

/// Numbers along one side of a plot: `lo` is drawn at `from` px, `hi` at `to` px.
struct PlotAxis {
  double lo = 0, hi = 1;
  AxisScale scale = AxisScale::linear;
  double from = 0, to = 1;

  /// Whether the axis can show `value`: finite, and above 0 on a logarithmic scale.
  bool shows(double value) const;
  /// Position in px.
  double at(double value) const;
};

struct AxisTicks {
  std::vector<double> at;
  std::vector<std::string> labels;
};

/// About `n` ticks of a linear axis; of a logarithmic one, 1, 2 and 5 times powers of ten, or the powers
/// if the axis spans more than three of them.
AxisTicks ticks_of(const PlotAxis& axis, int n);

constexpr double marker_size = 7;  ///< px across

enum class SeriesKey { lines, swatches };

/// The key of the series below a plot; empty names are left out. Returns the last baseline.
double add_series_key(Sheet& sheet, const std::vector<std::string>& names, SeriesKey kind, double y,
                      double width);

}  // namespace nv::render
