#include "nv/figures/pass/wires.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

namespace nv::figures {

using namespace render;

namespace {

constexpr double first_track = 9, track_step = 7, port_step = 10;
constexpr int most_tracks = 6;

/// A horizontal piece in the space below a row: of all wires that leave one card, or the last piece of one
/// wire.
struct Piece {
  int row = 0;
  double x0 = 0, x1 = 0;
  bool above = false;  // all its wires end at the row above
  std::vector<int*> tracks;

  void add(double a, double b, int& track) {
    if (tracks.empty()) x0 = x1 = a;
    x0 = std::min({x0, a, b});
    x1 = std::max({x1, a, b});
    tracks.push_back(&track);
  }
};

const CardPlace& place_of(std::span<const CardPlace> places, int card) {
  return places[static_cast<std::size_t>(card)];
}

std::vector<Wire> wires_of(std::span<const OverviewCard> cards, std::span<const CardPlace> places) {
  std::vector<Wire> wires;
  for (std::size_t to = 0; to < cards.size(); ++to)
    for (const Feed& feed : cards[to].feeds) {
      Wire wire;
      wire.from = feed.from;
      wire.to = static_cast<int>(to);
      wire.direct = feed.direct;
      wire.straight = wire.to == wire.from + 1 && place_of(places, wire.from).row == places[to].row;
      wires.push_back(wire);
    }
  return wires;
}

/// Sets where the wires leave and enter their cards: in the middle, side by side.
void set_ports(std::vector<Wire>& wires, std::span<const CardPlace> places) {
  std::map<std::pair<int, bool>, std::vector<Wire*>> entries;  // by card; from above?
  for (Wire& wire : wires) {
    const CardPlace &from = place_of(places, wire.from), &to = place_of(places, wire.to);
    wire.exit_x = std::floor(from.x + from.width / 2) + port_step / 2;
    if (!wire.straight) entries[{wire.to, from.row != to.row}].push_back(&wire);
  }
  for (auto& [key, list] : entries) {
    const CardPlace& to = place_of(places, key.first);
    const double middle = std::floor(to.x + to.width / 2), exit = list[0]->exit_x;
    // A card above leads straight down.
    if (list.size() == 1 && key.second && exit > to.x + port_step && exit < to.x + to.width - port_step) {
      list[0]->entry_x = exit;
      continue;
    }
    const auto count = static_cast<double>(list.size());
    // Entries from below are at the left of the exit.
    double x = key.second ? middle - (count - 1) * port_step / 2 : middle - (count - 0.5) * port_step;
    for (Wire* wire : list) {
      wire->entry_x = std::floor(x);
      x += port_step;
    }
  }
}

/// Lets wires to later rows lead down at the left of their target's column, or at the right of the first
/// column. Returns false if there is no room.
bool set_way_down(Wire& wire, std::span<const CardPlace> places, int columns,
                  std::vector<std::pair<double, std::pair<int, int>>>& taken) {
  const CardPlace &from = place_of(places, wire.from), &to = place_of(places, wire.to);
  const bool left = to.column > 0;
  const double edge = left ? to.x - card_gap : to.x + to.width;
  const bool outside = !left && to.span >= columns;
  for (int slot = 0; slot < (outside ? 1 : 3); ++slot) {
    const double x = edge + 5 + 5 * slot;
    const bool free = std::ranges::none_of(taken, [&](const auto& t) {
      return std::abs(t.first - x) < 1 && t.second.first <= to.row && from.row <= t.second.second;
    });
    if (!free) continue;
    taken.push_back({x, {from.row, to.row}});
    wire.down_x = x;
    return true;
  }
  return false;
}

/// Gives each piece the highest track of its row that is free, short ones first; returns how many there are.
std::vector<int> set_tracks(std::vector<Piece> pieces, int rows) {
  std::ranges::stable_sort(pieces, [](const Piece& a, const Piece& b) {
    return std::pair(!a.above, a.x1 - a.x0) < std::pair(!b.above, b.x1 - b.x0);
  });
  std::vector<int> tracks(static_cast<std::size_t>(rows), 0);
  std::vector<std::pair<const Piece*, int>> placed;
  for (const Piece& piece : pieces) {
    int track = 0;
    const auto free = [&](int t) {
      return std::ranges::none_of(placed, [&](const auto& other) {
        return other.second == t && other.first->row == piece.row && other.first->x0 < piece.x1 + 6 &&
               piece.x0 < other.first->x1 + 6;
      });
    };
    while (track < most_tracks && !free(track)) ++track;
    if (track == most_tracks) continue;
    placed.push_back({&piece, track});
    for (int* const chosen : piece.tracks) *chosen = track;
    int& most = tracks[static_cast<std::size_t>(piece.row)];
    most = std::max(most, track + 1);
  }
  return tracks;
}

double track_y(const CardPlace& row, int track) {
  return std::floor(row.y + row.height + first_track + track_step * track);
}

}  // namespace

double row_gap(int tracks) {
  return std::max(26.0, 2 * first_track + 3 + track_step * (tracks - 1));
}

Wiring wired(std::span<const OverviewCard> cards, std::span<const CardPlace> places) {
  Wiring wiring;
  if (places.empty()) return wiring;
  int rows = 0, columns = 0;
  for (const CardPlace& place : places) {
    rows = std::max(rows, place.row + 1);
    columns = std::max(columns, place.column + place.span);
  }
  wiring.wires = wires_of(cards, places);
  set_ports(wiring.wires, places);
  std::vector<std::pair<double, std::pair<int, int>>> ways_down;  // x; first and last row
  std::map<int, Piece> leaving;                                   // by card
  std::vector<Piece> pieces;
  for (Wire& wire : wiring.wires) {
    if (wire.straight) continue;
    const CardPlace &from = place_of(places, wire.from), &to = place_of(places, wire.to);
    const bool far = to.row > from.row + 1;
    if (far && !set_way_down(wire, places, columns, ways_down)) continue;
    const auto [at, first] = leaving.try_emplace(wire.from, Piece{from.row, 0, 0, true, {}});
    at->second.above = at->second.above && to.row == from.row;
    at->second.add(wire.exit_x, far ? wire.down_x : wire.entry_x, wire.track);
    if (!far) continue;
    pieces.push_back(Piece{to.row - 1, 0, 0, false, {}});
    pieces.back().add(wire.down_x, wire.entry_x, wire.far_track);
  }
  for (auto& [card, piece] : leaving) pieces.push_back(std::move(piece));
  wiring.tracks = set_tracks(std::move(pieces), rows);
  std::erase_if(wiring.wires, [&](const Wire& wire) {
    const bool far = place_of(places, wire.to).row > place_of(places, wire.from).row + 1;
    return !wire.straight && (wire.track < 0 || (far && wire.far_track < 0));
  });
  return wiring;
}

void add_wires(Sheet& sheet, const Wiring& wiring, std::span<const CardPlace> places) {
  for (const Wire& wire : wiring.wires) {
    const CardPlace &from = place_of(places, wire.from), &to = place_of(places, wire.to);
    const bool next = wire.to == wire.from + 1;
    const Rgb colour = next ? sheet.theme.muted : sheet.theme.accent;
    const Stroke stroke{colour, 1, wire.direct ? 0.0 : 3.0};
    if (wire.straight) {
      const double y = std::floor(from.y + from.height / 2) + 0.5;
      sheet.scene.line({from.x + from.width + 2, y}, {to.x - 8, y}, stroke);
      add_arrow_head(sheet, {to.x - 2, y}, 1, 0, 7, colour);
      continue;
    }
    const double y = track_y(from, wire.track);
    std::vector<Point> points{{wire.exit_x, from.y + from.height + 2}, {wire.exit_x, y}};
    double turn = y;
    if (wire.far_track >= 0) {
      const auto above = std::ranges::find(places, to.row - 1, &CardPlace::row);
      turn = track_y(*above, wire.far_track);
      points.push_back({wire.down_x, y});
      points.push_back({wire.down_x, turn});
    }
    points.push_back({wire.entry_x, turn});
    const bool below = from.row == to.row;
    const double end = below ? to.y + to.height + 2 : to.y - 2;
    points.push_back({wire.entry_x, below ? end + 5 : end - 5});
    sheet.scene.polyline(std::move(points), stroke);
    add_arrow_head(sheet, {wire.entry_x + 0.5, end}, 0, below ? -1 : 1, 7, colour);
  }
}

}  // namespace nv::figures
