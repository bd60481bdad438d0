#include "nv/render/charts/series.h"

#include <cmath>
#include <iterator>

namespace nv::render {

SeriesStyle series_style(const Theme& theme, std::size_t number) {
  const Rgb colours[] = {theme.accent,  theme.second,   {0, 158, 115}, {204, 121, 167},
                         {178, 140, 0}, {120, 94, 200}, theme.muted};
  constexpr double dashes[] = {0, 6, 3};
  constexpr int corners[] = {0, 4, 3, 5, 0, 4, 3};
  const std::size_t n = std::size(colours);
  return {colours[number % n], dashes[number / n % std::size(dashes)], corners[number % n]};
}

void add_marker(Sheet& sheet, const SeriesStyle& style, Point centre, double size) {
  const int corners = style.corners == 0 ? 20 : style.corners;
  const double radius = size / 2 * (style.corners == 3 ? 1.25 : style.corners == 4 ? 1.15 : 1);
  std::vector<Point> outline;
  for (int i = 0; i < corners; ++i) {
    const double angle = 2 * 3.14159265358979 * (i + (style.corners == 4 ? 0.5 : 0)) / corners;
    outline.push_back({centre.x + radius * std::sin(angle), centre.y - radius * std::cos(angle)});
  }
  sheet.scene.polygon(std::move(outline), style.colour);
}

}  // namespace nv::render
