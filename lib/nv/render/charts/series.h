// Colours, dashes and markers of several series in one plot.
#pragma once

#include <cstddef>

#include "nv/render/scene/sheet.h"

namespace nv::render {

enum class Marker { disc, square, triangle, diamond, triangle_down, pentagon, cross };

struct SeriesStyle {
  Rgb colour;
  double dash = 0;
  Marker marker = Marker::disc;
  bool hollow = false;  ///< only the outline of the marker, filled with the background
};

/// Okabe and Ito's colours in an order of falling contrast, each with a marker of its own. After seven they
/// repeat, with another dash and hollow markers: the first fourteen differ in their markers alone.
SeriesStyle series_style(const Theme& theme, std::size_t number);

/// The marker around `centre`, `size` px across.
void add_marker(Sheet& sheet, const SeriesStyle& style, Point centre, double size);

}  // namespace nv::render
