// Colours, dashes and markers of several series in one plot.
#pragma once

#include <cstddef>

#include "nv/render/scene/sheet.h"

namespace nv::render {

struct SeriesStyle {
  Rgb colour;
  double dash = 0;
  int corners = 0;  ///< of its marker; 0 is a disc
};

/// Okabe and Ito's colours in an order of falling contrast; they repeat, with another dash, after seven.
SeriesStyle series_style(const Theme& theme, std::size_t number);

/// The marker around `centre`, `size` px across.
void add_marker(Sheet& sheet, const SeriesStyle& style, Point centre, double size);

}  // namespace nv::render
