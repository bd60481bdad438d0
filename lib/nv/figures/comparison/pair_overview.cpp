#include "nv/figures/comparison/pair_overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "nv/figures/comparison/pair_card.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double pair_column_gap = 12, pair_row_gap = 18, label_gap = 8, page_ratio = 1.5, least_tile = 48;

/// Bands of cards, each with the names of its three rows at the left; the scores come last.
struct PairLayout {
  PairCardStyle style;
  double label = 0;  ///< width of the names
  int columns = 1;   ///< cards per band
  int cards = 0;     ///< with the scores, which take `span` places
  int span = 0;

  int bands() const { return (cards + columns - 1) / columns; }
  double width() const {
    return label + label_gap + columns * (style.width() + pair_column_gap) - pair_column_gap;
  }
  double height() const { return bands() * (style.height() + pair_row_gap) - pair_row_gap; }
};

std::array<const std::string*, 3> row_names(const PairOverview& overview) {
  return {&overview.before_name, &overview.after_name, &overview.difference_name};
}

/// The tile side of at least `least` px in which the maps' whole cells leave the least margin.
double tile_side(const PairOverview& overview, int least) {
  double best = least, most = -1;
  for (int side = least; side <= least * 5 / 4; ++side) {
    double sum = 0;
    for (const PairCard& card : overview.cards) {
      if (card.maps.empty()) continue;
      const int units = std::max({1, card.maps[0].before.rows, card.maps[0].before.cols});
      const double drawn =
          units <= side ? units * std::floor(1.0 * side / units) : units / std::ceil(1.0 * units / side);
      sum += drawn / side;
    }
    if (sum > most + 1e-9) {
      most = sum;
      best = side;
    }
  }
  return best;
}

/// The number of cards per band whose sides are nearest to 3 : 2 with few empty places.
int best_columns(PairLayout layout, double room) {
  int best = 1;
  double least = 0;
  for (int columns = 1; columns <= layout.cards; ++columns) {
    layout.columns = columns;
    if (columns > 1 && layout.width() > room) break;
    // The scores take one empty place.
    const int places = columns * layout.bands(), empty = std::max(0, places - layout.cards - 1);
    const double off = std::abs(std::log(layout.width() / (layout.height() + 90) / page_ratio)) +
                       2.0 * empty / std::max(1, places);
    if (columns == 1 || off < least) {
      best = columns;
      least = off;
    }
  }
  return best;
}

PairLayout layout_of(const Sheet& sheet, const PairOverview& overview) {
  PairLayout layout;
  const int shown = static_cast<int>(overview.cards.size());
  layout.style.tile = tile_side(overview, shown <= 6 ? 84 : 68);
  for (const std::string* name : row_names(overview))
    layout.label = std::max(layout.label, sheet.font.width(*name, small_size));
  layout.span = overview.scores && !overview.scores->rows.empty() ? 2 : 0;
  const double room = overview.page.exact ? overview.page.width - 2 * sheet.margin : 1e9;
  if (layout.width() > room) {
    layout.span = std::min(layout.span, 1);
    layout.style.tile =
        std::max(8.0, std::floor(layout.style.tile - (layout.width() - room) / pair_card_maps));
  }
  layout.cards = shown + layout.span;
  // Rather smaller tiles than more than three bands.
  for (layout.columns = (layout.cards + 2) / 3; layout.width() > room && layout.style.tile > least_tile;)
    layout.style.tile -= 1;
  layout.columns = best_columns(layout, room);
  layout.span = std::min(layout.span, layout.columns);
  layout.cards = shown + layout.span;
  // Larger tiles instead of empty margins.
  for (PairLayout wider = layout; overview.page.exact; layout = wider) {
    wider.style.tile += 1;
    if (wider.width() > room) break;
  }
  return layout;
}

/// `places` cards wide; lower than a card if `alone` in a band. Returns its height.
double add_scores(Sheet& sheet, const PairOverview& overview, const PairLayout& l, Point at, int places,
                  bool alone) {
  constexpr double above = 20;
  const double width = places * (l.style.width() + pair_column_gap) - pair_column_gap,
               room = l.style.height();
  BarChart chart = *overview.scores;
  chart.theme = overview.theme;
  chart.page = {width, false, l.style.padding, sheet.grain, true};
  Scene bars = draw(chart);
  while (bars.height + above > room && chart.rows.size() > 1) {  // as many rows as fit
    chart.rows.pop_back();
    bars = draw(chart);
  }
  const double height = alone ? std::min(room, bars.height + above) : room;
  sheet.scene.add(Rect{at.x, at.y, width, height, sheet.theme.panel, sheet.hairline()});
  sheet.put(at.x + l.style.padding, at.y + 18, "class scores", 12, sheet.theme.ink, Anchor::start,
            FontWeight::bold);
  sheet.scene.append(bars, at.x, at.y + above);
  return height;
}

Legend legend_of(const PairOverview& overview, const PairLayout& l, double grain) {
  const auto any = [&overview](const auto& holds) { return std::ranges::any_of(overview.cards, holds); };
  const auto any_map = [&any](const auto& holds) {
    return any([&holds](const PairCard& c) { return std::ranges::any_of(c.maps, holds); });
  };
  Legend legend;
  if (!overview.left_out.empty()) legend.add(overview.left_out);
  const bool unchanged = any([](const PairCard& c) { return c.most_active; });
  if (any([](const PairCard& c) { return !c.maps.empty(); }))
    legend.add(fmt::format("maps: {}the channels of each layer that differ most (L2), with their numbers{}",
                           overview.chosen ? "the chosen channels, else " : "",
                           unchanged ? "; the most active where none differs" : ""));
  if (any([](const PairCard& c) { return !c.before.empty(); }))
    legend.add("dense layers: all units, row by row");
  legend.add(fmt::format("scales at a card's foot: {} and {} above, difference below", overview.before_name,
                         overview.after_name));
  std::string unit;  // of the difference of pictures
  if (any([&](const PairCard& c) {
        if (c.picture) unit = c.picture->unit;
        return c.picture && c.picture->channels == 3 && difference_scale(*c.picture).hi > 0;
      }))
    legend.add("difference of pictures: about the middle grey, in " + unit);
  if (any_map([](const MapPair& p) { return p.before.frozen || p.after.frozen; }))
    legend.entries.push_back({Legend::Mark::frozen, "frozen: all zeros"});
  if (any_map([](const MapPair& p) { return (p.before.dead || p.after.dead) && !p.after.frozen; }))
    legend.entries.push_back({Legend::Mark::dead, "inactive: every value 0"});
  if (any([&](const PairCard& c) { return pair_card_shrinking(l.style, c, grain) > 1; }))
    legend.add("1 : 2 = means over 2 × 2 units");
  return legend;
}

}  // namespace

Scene draw(const PairOverview& overview) {
  Sheet sheet(overview.theme, overview.page);
  const PairLayout l = layout_of(sheet, overview);
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, overview.page.width), 2 * sheet.margin + l.width()));
  const double top = add_heading(sheet, overview, overview.page, sheet.scene.width);
  const double left = sheet.margin + l.label + label_gap;
  const auto place = [&](int i) {
    return Point{left + i % l.columns * (l.style.width() + pair_column_gap),
                 top + i / l.columns * (l.style.height() + pair_row_gap)};
  };
  const int shown = static_cast<int>(overview.cards.size());
  // The scores stay whole: on a further band if the last one has no room for them.
  int last = shown;
  if (last % l.columns + l.span > l.columns) last += l.columns - last % l.columns;
  const int places = l.span == 0 ? 0 : std::clamp(l.columns - last % l.columns, l.span, l.span + 1);
  const int bands = (last + places + l.columns - 1) / l.columns;
  for (int i = 0; i < shown; ++i)
    add_pair_card(sheet, l.style, overview.cards[static_cast<std::size_t>(i)], overview.map, place(i).x,
                  place(i).y);
  for (int band = 0; band * l.columns < shown; ++band)
    for (int k = 0; k < 3; ++k)
      sheet.put(
          left - label_gap,
          std::round(top + band * (l.style.height() + pair_row_gap) + l.style.row(k) + l.style.tile / 2 + 4),
          *row_names(overview)[static_cast<std::size_t>(k)], small_size, sheet.theme.ink, Anchor::end);
  double y = top + std::max(1, bands) * (l.style.height() + pair_row_gap) - pair_row_gap;
  if (l.span > 0) {
    const bool alone = last % l.columns == 0 && last > 0;
    y -= l.style.height() - add_scores(sheet, overview, l, place(last), places, alone);
  }
  y = add_legend(sheet, legend_of(overview, l, sheet.grain), sheet.margin, y + 6,
                 sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
