// The cards of the overview: the input's picture, and one layer with its most active maps. For overview.cpp.
#pragma once

#include "nv/figures/pass/overview.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

constexpr double card_padding = 10;

/// Sizes in px. A card holds a heading of three lines, two rows of three tiles, and its scale.
struct CardStyle {
  double width = 0, height = 0;
  double tile = 0;                                       ///< side of the square for one map
  double area_width = 0, area_height = 0, area_top = 0;  ///< of all tiles
};

CardStyle card_style(double tile);

/// Units of the card's maps per pixel, so that they fit into a tile: 1 except for large maps.
int card_shrinking(const CardStyle& style, const OverviewCard& card, double grain);

void add_frame(render::Sheet& sheet, double x, double y, double width, double height);
void add_picture_card(render::Sheet& sheet, const CardStyle& style, const render::Picture& picture, double x,
                      double y);
void add_layer_card(render::Sheet& sheet, const CardStyle& style, const OverviewCard& card,
                    render::Colormap map, double x, double y);

}  // namespace nv::figures
