#include "nv/render/charts/line_plot.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::render {

namespace {

/// The axis of all values; `part` is the coordinate of a point.
PlotAxis axis_of(const LinePlot& plot, AxisScale scale, double Point::*part) {
  PlotAxis axis;
  axis.scale = scale;
  bool any = false;
  for (const LinePlot::Series& s : plot.series)
    for (const Point& p : s.points) {
      if (!axis.shows(p.*part)) continue;
      axis.lo = any ? std::min(axis.lo, p.*part) : p.*part;
      axis.hi = any ? std::max(axis.hi, p.*part) : p.*part;
      any = true;
    }
  return axis;
}

PlotAxis x_axis_of(const LinePlot& plot) {
  PlotAxis x = axis_of(plot, plot.x_scale, &Point::x);
  if (!plot.x_names.empty()) {
    x.lo = 0;
    x.hi = static_cast<double>(plot.x_names.size()) - 1;
  }
  if (x.lo == x.hi) x.hi = x.scale == AxisScale::log ? x.lo * 10 : x.lo + 1;
  return x;
}

/// With some space beyond the data, and 0 if it is near.
PlotAxis y_axis_of(const LinePlot& plot) {
  PlotAxis axis = axis_of(plot, plot.y_scale, &Point::y);
  if (axis.scale == AxisScale::log) {
    if (axis.lo == axis.hi) axis.hi = axis.lo * 10;
    axis.lo /= 1.15;
    axis.hi *= 1.15;
  } else {
    if (axis.lo > 0 && axis.lo < axis.hi / 2) axis.lo = 0;
    if (axis.lo == axis.hi) axis.hi = axis.lo + 1;
    const double pad = (axis.hi - axis.lo) * 0.05;
    axis.hi += pad;
    if (axis.lo != 0) axis.lo -= pad;
  }
  if (plot.y_lo) axis.lo = *plot.y_lo;
  if (plot.y_hi) axis.hi = std::max(*plot.y_hi, axis.lo + 1e-12);
  return axis;
}

void add_y_axis(Sheet& sheet, const AxisTicks& ticks, const PlotAxis& y, double left, double right) {
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double at = std::round(y.at(ticks.at[i])) + 0.5;
    sheet.scene.line({left, at}, {right, at}, sheet.hairline());
    sheet.put(left - 7, at + 4, ticks.labels[i], small_size, sheet.theme.muted, Anchor::end);
  }
}

/// Numbers of the ticks whose labels fit side by side.
std::vector<std::size_t> labelled(const Sheet& sheet, const std::vector<LinePlot::Tick>& ticks,
                                  const PlotAxis& x) {
  const auto half = [&](const LinePlot::Tick& t) {
    return std::max(sheet.font.width(t.label, small_size), sheet.font.width(t.detail, small_size)) / 2 + 4;
  };
  const LinePlot::Tick& last = ticks.back();
  std::vector<std::size_t> chosen;
  double free = -1e9;
  for (std::size_t i = 0; i < ticks.size(); ++i) {
    const double left = x.at(ticks[i].x) - half(ticks[i]), right = x.at(ticks[i].x) + half(ticks[i]);
    const bool before_last = i + 1 == ticks.size() || right <= x.at(last.x) - half(last);
    if (i > 0 && i + 1 < ticks.size() && (left < free || !before_last)) continue;
    chosen.push_back(i);
    free = right;
  }
  return chosen;
}

/// Returns the y below.
double add_x_ticks(Sheet& sheet, const std::vector<LinePlot::Tick>& ticks, const PlotAxis& x, double y) {
  for (const LinePlot::Tick& t : ticks) {
    const double at = std::round(x.at(t.x)) + 0.5;
    sheet.scene.line({at, y}, {at, y + 4}, {sheet.theme.muted, 1, 0});
  }
  bool details = false;
  for (const std::size_t i : labelled(sheet, ticks, x)) {
    const double at = std::round(x.at(ticks[i].x)) + 0.5;
    sheet.put(at, y + 17, ticks[i].label, small_size, sheet.theme.ink, Anchor::middle);
    if (ticks[i].detail.empty()) continue;
    sheet.put(at, y + 31, ticks[i].detail, small_size, sheet.theme.muted, Anchor::middle);
    details = true;
  }
  return y + (details ? 34 : 20);
}

double add_x_numbers(Sheet& sheet, const PlotAxis& x, double y) {
  const AxisTicks ticks = ticks_of(x, 6);
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double at = std::round(x.at(ticks.at[i])) + 0.5;
    sheet.scene.line({at, y}, {at, y + 4}, {sheet.theme.muted, 1, 0});
    sheet.put(at, y + 17, ticks.labels[i], small_size, sheet.theme.muted, Anchor::middle);
  }
  return y + 20;
}

/// Upright if they do not fit side by side.
double add_x_names(Sheet& sheet, const std::vector<std::string>& names, const PlotAxis& x, double y) {
  const double step = names.size() < 2 ? x.to - x.from : x.at(1) - x.at(0);
  double widest = 0;
  for (const std::string& name : names) widest = std::max(widest, sheet.font.width(name, small_size));
  const bool level = widest + 6 <= step;
  const auto every = level ? std::size_t{1} : static_cast<std::size_t>(std::ceil((small_size + 2) / step));
  for (std::size_t i = 0; i < names.size(); i += every) {
    const std::string name = sheet.font.fitted_middle(one_line(names[i]), small_size, level ? step : 130);
    const double at = std::round(x.at(static_cast<double>(i)));
    if (level)
      sheet.put(at, y + 17, name, small_size, sheet.theme.ink, Anchor::middle);
    else
      sheet.scene.text(
          {at + 4, y + 6, name, small_size, sheet.theme.ink, Anchor::end, FontWeight::regular, Turn::up});
  }
  return y + (level ? 20 : 10 + std::min(widest, 130.0));
}

void add_series(Sheet& sheet, const LinePlot::Series& series, const SeriesStyle& style, const PlotAxis& x,
                const PlotAxis& y) {
  constexpr std::size_t most_markers = 40;
  std::vector<Point> run;
  const auto flush = [&] {
    if (run.size() > 1) sheet.scene.polyline(run, {style.colour, 2, style.dash});
    run.clear();
  };
  std::vector<Point> marks;
  for (const Point& p : series.points) {
    if (!x.shows(p.x) || !y.shows(p.y)) {
      flush();
      continue;
    }
    run.push_back({x.at(p.x), std::clamp(y.at(p.y), std::min(y.from, y.to), std::max(y.from, y.to))});
    marks.push_back(run.back());
  }
  flush();
  if (marks.size() > most_markers) return;
  for (const Point& p : marks) add_marker(sheet, style, p, marker_size);
}

double widest_label(const Sheet& sheet, const AxisTicks& ticks) {
  double width = 0;
  for (const std::string& label : ticks.labels) width = std::max(width, sheet.font.width(label, small_size));
  return width;
}

/// The lines and their key; returns the y below.
double add_all_series(Sheet& sheet, const LinePlot& plot, const PlotAxis& x, const PlotAxis& y,
                      double below) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    add_series(sheet, plot.series[i], series_style(plot.theme, i), x, y);
    names.push_back(plot.series[i].name);
  }
  if (std::ranges::all_of(names, &std::string::empty)) return below;
  return add_series_key(sheet, names, SeriesKey::lines, below, plot.page.width);
}

}  // namespace

Scene draw(const LinePlot& plot) {
  if (std::ranges::all_of(plot.series, [](const LinePlot::Series& s) { return s.points.empty(); }))
    throw_usage("{}: no points to draw", plot.title);
  Sheet sheet(plot.theme, plot.page);
  PlotAxis x = x_axis_of(plot), y = y_axis_of(plot);
  const AxisTicks y_ticks = ticks_of(y, 5);
  const double left = std::ceil(sheet.margin + (plot.y_label.empty() ? 0 : small_size + 8) +
                                widest_label(sheet, y_ticks) + 8);
  const double right = plot.page.width - sheet.margin - 10;
  sheet.scene.width = plot.page.width;
  const double top = add_heading(sheet, plot, plot.page, plot.page.width);
  const double bottom = std::round(top + std::max(120.0, (right - left) * 0.5));
  y.from = bottom;
  y.to = top;
  x.from = left + 12;
  x.to = right - 12;
  add_y_axis(sheet, y_ticks, y, left, right);
  sheet.scene.line({left, bottom + 0.5}, {right, bottom + 0.5}, {sheet.theme.ink, 1, 0});
  if (!plot.y_label.empty())
    sheet.scene.text({sheet.margin + small_size - 2, (top + bottom) / 2, plot.y_label, small_size,
                      plot.theme.muted, Anchor::middle, FontWeight::regular, Turn::up});
  double below = !plot.x_names.empty()   ? add_x_names(sheet, plot.x_names, x, bottom + 1)
                 : !plot.x_ticks.empty() ? add_x_ticks(sheet, plot.x_ticks, x, bottom + 1)
                                         : add_x_numbers(sheet, x, bottom + 1);
  if (!plot.x_label.empty())
    sheet.put((left + right) / 2, below += 16, plot.x_label, small_size, plot.theme.muted, Anchor::middle);
  below = add_all_series(sheet, plot, x, y, below);
  sheet.scene.height = std::ceil(below + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::render
