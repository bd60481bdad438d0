// The cards of the overview: the input's picture, and one layer with its most active maps.
#pragma once

#include "nv/render/overview.h"
#include "nv/render/sheet.h"

namespace nv::render {

constexpr double card_padding = 10;

/// Sizes in px. A card holds a heading of three lines, two rows of three tiles, and its scale.
struct CardStyle {
  double width = 0, height = 0;
  double tile = 0;                                       ///< the side of a map's place
  double area_width = 0, area_height = 0, area_top = 0;  ///< of all tiles
};

CardStyle card_style(double tile);

/// Units of the block's maps to a pixel, so that they fit into a tile: 1 but for large maps.
int shrinking(const CardStyle& style, const Block& block, double grain);

void add_frame(Sheet& sheet, double x, double y, double width, double height);
void add_picture_card(Sheet& sheet, const CardStyle& style, const Picture& picture, double x, double y);
void add_block_card(Sheet& sheet, const CardStyle& style, const Block& block, Colormap map, double x,
                    double y);

}  // namespace nv::render
