// The cards of the overview of two passes. For pair_overview.cpp.
#pragma once

#include "nv/figures/comparison/pair_overview.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

constexpr int pair_card_maps = 2;

/// Sizes in px. A card holds four lines, the numbers of channels, three rows of tiles, and two scales.
struct PairCardStyle {
  double tile = 0;  ///< side of the square for one map

  static constexpr double padding = 9, tile_gap = 6, top = 78, scale_line = 15;
  double area_width() const { return pair_card_maps * tile + (pair_card_maps - 1) * tile_gap; }
  double width() const { return area_width() + 2 * padding; }
  /// Top of row 0, 1 or 2 (before, after, difference) below that of the card.
  double row(int k) const { return top + k * (tile + tile_gap); }
  double height() const { return row(2) + tile + 2 * scale_line + padding; }
};

/// Units per cell of the card's maps or picture: 1 except for large ones.
int pair_card_shrinking(const PairCardStyle& style, const PairCard& card, double grain);

void add_pair_card(render::Sheet& sheet, const PairCardStyle& style, const PairCard& card,
                   render::Colormap map, double x, double y);

}  // namespace nv::figures
