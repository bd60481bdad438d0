#include "nv/render/charts/axis.h"

#include <cmath>

#include "nv/core/text.h"

namespace nv::render {

namespace {

std::vector<double> log_ticks(double lo, double hi) {
  std::vector<double> ticks;
  const bool fine = hi / lo < 1e3;
  for (int e = static_cast<int>(std::floor(std::log10(lo))); e <= std::ceil(std::log10(hi)); ++e)
    for (const double m : {1.0, 2.0, 5.0}) {
      const double tick = m * std::pow(10.0, e);
      if ((m == 1 || fine) && tick >= lo * (1 - 1e-9) && tick <= hi * (1 + 1e-9)) ticks.push_back(tick);
    }
  return ticks;
}

}  // namespace

bool PlotAxis::shows(double value) const {
  return std::isfinite(value) && (scale == AxisScale::linear || value > 0);
}

double PlotAxis::at(double value) const {
  const double t =
      scale == AxisScale::linear ? (value - lo) / (hi - lo) : std::log(value / lo) / std::log(hi / lo);
  return from + t * (to - from);
}

AxisTicks ticks_of(const PlotAxis& axis, int n) {
  AxisTicks ticks;
  if (axis.scale == AxisScale::linear) {
    ticks.at = nice_ticks(axis.lo, axis.hi, n);
    ticks.labels = tick_labels(ticks.at);
    return ticks;
  }
  ticks.at = log_ticks(axis.lo, axis.hi);
  for (const double t : ticks.at) ticks.labels.push_back(compact_number(t));
  return ticks;
}

double add_series_key(Sheet& sheet, const std::vector<std::string>& names, SeriesKey kind, double y,
                      double width) {
  double x = sheet.margin;
  y += 22;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) continue;
    const SeriesStyle style = series_style(sheet.theme, i);
    const double taken = 30 + sheet.font.width(names[i], small_size) + 20;
    if (x > sheet.margin && x + taken > width - sheet.margin) {
      x = sheet.margin;
      y += 18;
    }
    if (kind == SeriesKey::swatches) {
      sheet.scene.fill(x, y - 9, 22, 10, style.colour);
    } else {
      sheet.scene.line({x, y - 4}, {x + 24, y - 4}, {style.colour, 2, style.dash});
      add_marker(sheet, style, {x + 12, y - 4}, marker_size);
    }
    sheet.put(x + 30, y, one_line(names[i]), small_size, sheet.theme.ink);
    x += taken;
  }
  return y;
}

}  // namespace nv::render
