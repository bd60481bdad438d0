// Arrows between the cards of the overview. For overview.cpp.
#pragma once

#include <span>
#include <vector>

#include "nv/figures/pass/card.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

constexpr double card_gap = 20;  ///< px between the cards of a row

/// An arrow. It leads straight to the next card of the row, or else leaves its card below, runs in a track
/// between two rows, and enters a card of its row from below, of the next row from above. To a later row it
/// leads down between two columns and then in a second track.
struct Wire {
  int from = 0, to = 0;  ///< indices of cards
  bool direct = true;
  bool straight = false;
  double exit_x = 0, entry_x = 0, down_x = 0;
  int track = -1, far_track = -1;  ///< from the top; -1: not used

  bool operator==(const Wire&) const = default;
};

struct Wiring {
  std::vector<Wire> wires;
  std::vector<int> tracks;  ///< number of tracks below each row
};

/// The arrows for all feeds, except those for which there is no room: what feeds a card is then only said on
/// it. `places` have their x, row, column and width; y is not used.
Wiring wired(std::span<const OverviewCard> cards, std::span<const CardPlace> places);

/// Space in px below a row of cards with so many tracks, if another row follows.
double row_gap(int tracks);

/// `places` are complete.
void add_wires(render::Sheet& sheet, const Wiring& wiring, std::span<const CardPlace> places);

}  // namespace nv::figures
