#include "nv/render/plots.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/series.h"
#include "nv/render/sheet.h"

namespace nv::render {

namespace {

constexpr double marker = 7;

/// Numbers along one side of a plot.
struct Axis {
  double lo = 0, hi = 1;
  AxisScale scale = AxisScale::linear;
  double from = 0, to = 1;  // px of lo and hi

  bool shows(double value) const { return std::isfinite(value) && (scale == AxisScale::linear || value > 0); }
  double at(double value) const {
    const double t =
        scale == AxisScale::linear ? (value - lo) / (hi - lo) : std::log(value / lo) / std::log(hi / lo);
    return from + t * (to - from);
  }
};

/// 1, 2 and 5 times powers of ten, or the powers alone where those are many.
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

struct Ticks {
  std::vector<double> at;
  std::vector<std::string> labels;
};

Ticks ticks_of(const Axis& axis, int n) {
  Ticks ticks;
  if (axis.scale == AxisScale::linear) {
    ticks.at = nice_ticks(axis.lo, axis.hi, n);
    ticks.labels = tick_labels(ticks.at);
    return ticks;
  }
  ticks.at = log_ticks(axis.lo, axis.hi);
  for (const double t : ticks.at) ticks.labels.push_back(compact_number(t));
  return ticks;
}

/// The axis of all numbers; `part` takes one of a point.
Axis axis_of(const LinePlot& plot, AxisScale scale, double Point::*part) {
  Axis axis;
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

/// Ends that are round enough, and apart.
void settle_y(Axis& axis, const LinePlot& plot) {
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
}

void add_y_axis(Sheet& sheet, const Ticks& ticks, const Axis& y, double left, double right) {
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double at = std::round(y.at(ticks.at[i])) + 0.5;
    sheet.scene.line({left, at}, {right, at}, sheet.hairline());
    sheet.put(left - 7, at + 4, ticks.labels[i], small_size, sheet.theme.muted, Anchor::end);
  }
}

/// Numbers, or names (upright where they do not fit side by side); returns the y below.
double add_x_axis(Sheet& sheet, const LinePlot& plot, const Axis& x, double y) {
  if (plot.x_names.empty()) {
    const Ticks ticks = ticks_of(x, 6);
    for (std::size_t i = 0; i < ticks.at.size(); ++i) {
      const double at = std::round(x.at(ticks.at[i])) + 0.5;
      sheet.scene.line({at, y}, {at, y + 4}, {sheet.theme.muted, 1, 0});
      sheet.put(at, y + 17, ticks.labels[i], small_size, sheet.theme.muted, Anchor::middle);
    }
    return y + 20;
  }
  const double step = plot.x_names.size() < 2 ? x.to - x.from : x.at(1) - x.at(0);
  double widest = 0;
  for (const std::string& name : plot.x_names) widest = std::max(widest, sheet.font.width(name, small_size));
  const bool level = widest + 6 <= step;
  const auto every = level ? std::size_t{1} : static_cast<std::size_t>(std::ceil((small_size + 2) / step));
  for (std::size_t i = 0; i < plot.x_names.size(); i += every) {
    const std::string name =
        sheet.font.fitted_middle(one_line(plot.x_names[i]), small_size, level ? step : 130);
    const double at = std::round(x.at(static_cast<double>(i)));
    if (level)
      sheet.put(at, y + 17, name, small_size, sheet.theme.ink, Anchor::middle);
    else
      sheet.scene.text(
          {at + 4, y + 6, name, small_size, sheet.theme.ink, Anchor::end, Weight::regular, Turn::up});
  }
  return y + (level ? 20 : 10 + std::min(widest, 130.0));
}

void add_series(Sheet& sheet, const LinePlot::Series& series, const SeriesStyle& style, const Axis& x,
                const Axis& y) {
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
  if (marks.size() > 40) return;
  for (const Point& p : marks) add_marker(sheet, style, p, marker);
}

double add_names(Sheet& sheet, const std::vector<std::string>& names, bool swatches, double y, double width) {
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
    if (swatches) {
      sheet.scene.fill(x, y - 9, 22, 10, style.colour);
    } else {
      sheet.scene.line({x, y - 4}, {x + 24, y - 4}, {style.colour, 2, style.dash});
      add_marker(sheet, style, {x + 12, y - 4}, marker);
    }
    sheet.put(x + 30, y, one_line(names[i]), small_size, sheet.theme.ink);
    x += taken;
  }
  return y;
}

}  // namespace

Scene draw(const LinePlot& plot) {
  const bool any =
      std::any_of(plot.series.begin(), plot.series.end(), [](const auto& s) { return !s.points.empty(); });
  if (!any) throw_usage("{}: no points to draw", plot.title);
  Sheet sheet(plot.theme, plot.page);
  Axis y = axis_of(plot, plot.y_scale, &Point::y), x = axis_of(plot, plot.x_scale, &Point::x);
  settle_y(y, plot);
  if (!plot.x_names.empty()) {
    x.lo = 0;
    x.hi = static_cast<double>(plot.x_names.size()) - 1;
  }
  if (x.lo == x.hi) x.hi = x.scale == AxisScale::log ? x.lo * 10 : x.lo + 1;
  const Ticks y_ticks = ticks_of(y, 5);
  double labels = 0;
  for (const std::string& label : y_ticks.labels)
    labels = std::max(labels, sheet.font.width(label, small_size));
  const double left = std::ceil(sheet.margin + (plot.y_label.empty() ? 0 : small_size + 8) + labels + 8);
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
                      plot.theme.muted, Anchor::middle, Weight::regular, Turn::up});
  double below = add_x_axis(sheet, plot, x, bottom + 1);
  if (!plot.x_label.empty())
    sheet.put((left + right) / 2, below += 16, plot.x_label, small_size, plot.theme.muted, Anchor::middle);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    add_series(sheet, plot.series[i], series_style(plot.theme, i), x, y);
    names.push_back(plot.series[i].name);
  }
  if (std::any_of(names.begin(), names.end(), [](const std::string& n) { return !n.empty(); }))
    below = add_names(sheet, names, false, below, plot.page.width);
  sheet.scene.height = std::ceil(below + sheet.margin);
  return std::move(sheet.scene);
}

Scene draw(const BarChart& chart) {
  if (chart.rows.empty() || chart.rows[0].values.empty()) throw_usage("{}: no bars to draw", chart.title);
  const std::size_t series = chart.rows[0].values.size();
  Sheet sheet(chart.theme, chart.page);
  Axis axis;
  double names = 0, numbers = 0;
  axis.hi = 0;
  for (const BarChart::Row& row : chart.rows) {
    if (row.values.size() != series)
      throw_usage("{}: {} has {} values, not {}", chart.title, row.name, row.values.size(), series);
    names = std::max(names, sheet.font.width(one_line(row.name), text_size));
    for (const double v : row.values) {
      numbers = std::max(numbers, sheet.font.width(chart.number(v), small_size));
      if (!std::isfinite(v)) continue;
      axis.lo = std::min(axis.lo, v);
      axis.hi = std::max(axis.hi, v);
    }
  }
  if (chart.hi) axis.hi = std::max(axis.hi, *chart.hi);
  if (axis.lo == axis.hi) axis.hi = 1;
  const double width = chart.page.width, bar = series == 1 ? 14 : 10,
               row_height = static_cast<double>(series) * (bar + 1) + 7;
  names = std::min(names, width * 0.42);
  axis.from = std::round(sheet.margin + names + 8 + (axis.lo < 0 ? numbers + 6 : 0));
  axis.to = std::floor(width - sheet.margin - numbers - 6);
  sheet.scene.width = width;
  double y = add_heading(sheet, chart, chart.page, width);
  const double top = y, zero = std::round(axis.at(0));
  for (const BarChart::Row& row : chart.rows) {
    sheet.put(sheet.margin + names, std::round(y + row_height / 2 + 4.5),
              sheet.font.fitted_middle(one_line(row.name), text_size, names), text_size, chart.theme.ink,
              Anchor::end);
    for (std::size_t s = 0; s < series; ++s) {
      const double at = y + 3.5 + static_cast<double>(s) * (bar + 1), value = row.values[s];
      if (!std::isfinite(value)) {
        sheet.put(zero + 5, at + bar / 2 + 4, chart.number(value), small_size, chart.theme.muted);
        continue;
      }
      const double end = std::round(axis.at(value));
      sheet.scene.fill(std::min(zero, end), std::round(at), std::max(1.0, std::abs(end - zero)), bar,
                       series_style(chart.theme, s).colour);
      sheet.put(end + (value < 0 ? -5 : 5), std::round(at + bar / 2 + 4), chart.number(value), small_size,
                chart.theme.ink, value < 0 ? Anchor::end : Anchor::start);
    }
    y += row_height;
  }
  sheet.scene.line({zero - 0.5, top}, {zero - 0.5, y}, {chart.theme.ink, 1, 0});
  if (!chart.meaning.empty()) sheet.put(axis.from, y += 18, chart.meaning, small_size, chart.theme.muted);
  if (!chart.series.empty()) y = add_names(sheet, chart.series, true, y, width);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::render
