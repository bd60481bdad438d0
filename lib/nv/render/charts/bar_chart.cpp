#include "nv/render/charts/bar_chart.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/charts/axis.h"

namespace nv::render {

namespace {

/// Sizes in px.
struct BarLayout {
  PlotAxis axis;
  std::size_t series = 1;
  double names = 0;  ///< width of the column of names
  double bar = 14, row = 0;
};

std::string spaced_note(const std::string& note) {
  return note.empty() ? "" : "  " + one_line(note);
}

BarLayout bar_layout(const Sheet& sheet, const BarChart& chart) {
  BarLayout l;
  l.series = chart.rows[0].values.size();
  double numbers = 0;
  l.axis.hi = 0;
  for (const BarChart::Row& row : chart.rows) {
    if (row.values.size() != l.series)
      throw_usage("{}: {} has {} values, not {}", chart.title, row.name, row.values.size(), l.series);
    l.names = std::max(l.names, sheet.font.width(one_line(row.name), text_size));
    for (const double v : row.values) {
      numbers = std::max(numbers, sheet.font.width(chart.number(v) + spaced_note(row.note), small_size));
      if (!std::isfinite(v)) continue;
      l.axis.lo = std::min(l.axis.lo, v);
      l.axis.hi = std::max(l.axis.hi, v);
    }
  }
  if (chart.hi) l.axis.hi = std::max(l.axis.hi, *chart.hi);
  if (l.axis.lo == l.axis.hi) l.axis.hi = 1;
  const double width = chart.page.width;
  l.bar = l.series == 1 ? 14 : 10;
  l.row = static_cast<double>(l.series) * (l.bar + 1) + 7;
  l.names = std::min(l.names, width * 0.42);
  l.axis.from = std::round(sheet.margin + l.names + 8 + (l.axis.lo < 0 ? numbers + 6 : 0));
  l.axis.to = std::floor(width - sheet.margin - numbers - 6);
  return l;
}

void add_row(Sheet& sheet, const BarChart& chart, const BarLayout& l, const BarChart::Row& row, double y) {
  const double zero = std::round(l.axis.at(0));
  sheet.put(sheet.margin + l.names, std::round(y + l.row / 2 + 4.5),
            sheet.font.fitted_middle(one_line(row.name), text_size, l.names), text_size, chart.theme.ink,
            Anchor::end);
  for (std::size_t s = 0; s < l.series; ++s) {
    const double at = y + 3.5 + static_cast<double>(s) * (l.bar + 1), value = row.values[s];
    if (!std::isfinite(value)) {
      sheet.put(zero + 5, at + l.bar / 2 + 4, chart.number(value), small_size, chart.theme.muted);
      continue;
    }
    const double end = std::round(l.axis.at(value));
    const std::string note = s == 0 ? spaced_note(row.note) : "";
    sheet.scene.fill(std::min(zero, end), std::round(at), std::max(1.0, std::abs(end - zero)), l.bar,
                     series_style(chart.theme, s).colour);
    sheet.put(end + (value < 0 ? -5 : 5), std::round(at + l.bar / 2 + 4), chart.number(value) + note,
              small_size, chart.theme.ink, value < 0 ? Anchor::end : Anchor::start);
  }
}

}  // namespace

Scene draw(const BarChart& chart) {
  if (chart.rows.empty() || chart.rows[0].values.empty()) throw_usage("{}: no bars to draw", chart.title);
  Sheet sheet(chart.theme, chart.page);
  const BarLayout layout = bar_layout(sheet, chart);
  const double width = chart.page.width, zero = std::round(layout.axis.at(0));
  sheet.scene.width = width;
  const double top = add_heading(sheet, chart, chart.page, width);
  double y = top;
  for (const BarChart::Row& row : chart.rows) {
    add_row(sheet, chart, layout, row, y);
    y += layout.row;
  }
  sheet.scene.line({zero - 0.5, top}, {zero - 0.5, y}, {chart.theme.ink, 1, 0});
  if (!chart.meaning.empty()) {  // from the line of zeros on, if there is room
    const double room = width - sheet.margin - sheet.font.width(chart.meaning, small_size);
    sheet.put(std::max(std::min(zero, room), std::min(layout.axis.from, room)), y += 18, chart.meaning,
              small_size, chart.theme.muted);
  }
  if (!chart.series.empty()) y = add_series_key(sheet, chart.series, SeriesKey::swatches, y, width);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::render
