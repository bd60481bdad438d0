#include "nv/render/charts/series.h"

#include <cmath>
#include <iterator>
#include <vector>

namespace nv::render {

namespace {

constexpr double pi = 3.14159265358979;

/// A regular polygon; its first corner is `turn` of a full turn clockwise from the top.
std::vector<Point> regular(Point centre, double radius, int corners, double turn) {
  std::vector<Point> outline;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * pi * (static_cast<double>(i) / corners + turn);
    outline.push_back({centre.x + radius * std::sin(angle), centre.y - radius * std::cos(angle)});
  }
  return outline;
}

/// Two bars across each other, diagonal; `radius` to the ends of the bars, 2 * `half` wide.
std::vector<Point> cross(Point centre, double radius, double half) {
  const double corners[][2] = {{half, half},    {half, radius},   {-half, radius}, {-half, half},
                               {-radius, half}, {-radius, -half}, {-half, -half},  {-half, -radius},
                               {half, -radius}, {half, -half},    {radius, -half}, {radius, half}};
  const double c = std::sqrt(0.5);
  std::vector<Point> outline;
  for (const auto& [x, y] : corners) outline.push_back({centre.x + c * (x - y), centre.y + c * (x + y)});
  return outline;
}

/// Of about equal area.
std::vector<Point> outline_of(Marker marker, Point centre, double size) {
  const double radius = size / 2;
  switch (marker) {
    case Marker::disc:
      return regular(centre, radius, 20, 0);
    case Marker::square:
      return regular(centre, radius * 1.2, 4, 0.125);
    case Marker::triangle:
      return regular(centre, radius * 1.3, 3, 0);
    case Marker::diamond:
      return regular(centre, radius * 1.3, 4, 0);
    case Marker::triangle_down:
      return regular(centre, radius * 1.3, 3, 0.5);
    case Marker::pentagon:
      return regular(centre, radius * 1.15, 5, 0);
    case Marker::cross:
      return cross(centre, radius * 1.3, radius * 0.4);
  }
  return {};
}

}  // namespace

SeriesStyle series_style(const Theme& theme, std::size_t number) {
  const Rgb colours[] = {theme.accent,  theme.second,   {0, 158, 115}, {204, 121, 167},
                         {178, 140, 0}, {120, 94, 200}, theme.muted};
  constexpr double dashes[] = {0, 6, 3};
  constexpr Marker markers[] = {Marker::disc,          Marker::square,   Marker::triangle, Marker::diamond,
                                Marker::triangle_down, Marker::pentagon, Marker::cross};
  const std::size_t n = std::size(colours);
  return {colours[number % n], dashes[number / n % std::size(dashes)], markers[number % n],
          number / n % 2 == 1};
}

void add_marker(Sheet& sheet, const SeriesStyle& style, Point centre, double size) {
  Polygon polygon{outline_of(style.marker, centre, style.hollow ? size * 0.85 : size), style.colour, {}, 1};
  if (style.hollow) {
    polygon.fill = sheet.theme.background;
    polygon.stroke = Stroke{style.colour, 1.5, 0};
  }
  sheet.scene.add(std::move(polygon));
}

}  // namespace nv::render
