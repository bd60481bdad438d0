// The cards of the overview. For overview.cpp.
#pragma once

#include <string>

#include "nv/figures/pass/overview.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

/// Sizes in px. A card holds a heading of three lines, two rows of three tiles, and its scale.
struct CardStyle {
  double width = 0, height = 0;
  double tile = 0;                                       ///< side of the square for one map
  double area_width = 0, area_height = 0, area_top = 0;  ///< of all tiles
};

CardStyle card_style(double tile);

/// A card's place on the sheet, px; rows and columns of cards count from 0.
struct CardPlace {
  double x = 0, y = 0, width = 0, height = 0;
  int row = 0, column = 0, span = 1;
};

/// Share of a tile's side that a map of `size` units fills when enlarged or shrunk by whole numbers.
double filled(int size, double side, double grain);

/// Draws a card; `from` is added to its shape. Returns the units per cell of its maps or picture: 1 unless
/// they were too large.
int add_card(render::Sheet& sheet, const CardStyle& style, const OverviewCard& card, const std::string& from,
             render::Colormap map, const CardPlace& place);

}  // namespace nv::figures
