#include "nv/figures/pass/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/text.h"
#include "nv/figures/pass/card.h"
#include "nv/figures/pass/wires.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double least_tile = 38, largest_tile = 96;

/// Cards in reading order; scores are wider where cards are narrow.
struct CardFlow {
  CardStyle style;
  int columns = 1, score_span = 1;
};

bool has_maps(const OverviewCard& card) {
  return !card.maps.empty();
}

/// Mean share of the tiles that the maps fill.
double mean_filled(const Overview& overview, double side) {
  double sum = 0;
  int count = 0;
  for (const OverviewCard& card : overview.cards) {
    if (!has_maps(card)) continue;
    sum += filled(std::max(card.maps[0].rows, card.maps[0].cols), side, overview.page.grain);
    ++count;
  }
  return count == 0 ? 1 : sum / count;
}

/// Side of the tiles on a page of any width: smaller for many cards, and up to a third larger to fit the
/// sizes of the maps.
double tile_side(const Overview& overview) {
  const std::size_t cards = overview.cards.size();
  const int least = cards <= 10 ? 56 : cards <= 28 ? 50 : cards <= 40 ? 44 : 38;
  double best = least, most = 0;
  for (int side = least; side <= least * 4 / 3; ++side)
    if (const double share = mean_filled(overview, side); share > most + 1e-9) {
      most = share;
      best = side;
    }
  return best;
}

/// The largest tiles for `columns` cards side by side in `room` px.
double tile_for(int columns, double room) {
  const double others = card_style(0).width;
  return std::floor((room - (columns - 1) * card_gap - columns * others) / columns / 3);
}

int score_span(const CardStyle& style, int columns) {
  return style.width < 200 ? std::min(2, columns) : 1;
}

/// Rows that the cards take, and places that stay empty.
std::pair<int, int> rows_of(const Overview& overview, const CardFlow& flow) {
  int row = 0, column = 0;
  for (const OverviewCard& card : overview.cards) {
    const int span = card.scores ? flow.score_span : 1;
    if (column + span > flow.columns) {
      column = 0;
      ++row;
    }
    column += span;
  }
  return {row + 1, flow.columns - column};
}

/// The number of columns for the sides that look best and few empty places.
CardFlow flow_of(const Overview& overview) {
  const Page& page = overview.page;
  const double room = page.width - 2 * page.margin;
  const double usual = tile_side(overview);
  // A narrow page may be as tall as it is wide.
  const double ratio = page.exact && page.width < 700 ? 1 : 1.5;
  CardFlow best;
  double least = 0;
  const int places = std::max<int>(1, static_cast<int>(overview.cards.size()) + 1);
  for (int columns = 1; columns <= places; ++columns) {
    CardFlow flow;
    flow.columns = columns;
    const double tile = page.exact ? std::min(largest_tile, tile_for(columns, room)) : usual;
    if (tile < least_tile && columns > 1) break;
    flow.style = card_style(std::max(tile, 20.0));
    flow.score_span = score_span(flow.style, columns);
    const auto [rows, empty] = rows_of(overview, flow);
    const double width = columns * (flow.style.width + card_gap),
                 height = rows * (flow.style.height + row_gap(1)) + 100;
    const double off = std::abs(std::log(width / height / ratio)) +
                       std::max(0, empty - 1) / static_cast<double>(rows * columns) +
                       0.5 * (1 - mean_filled(overview, flow.style.tile));
    if (columns > 1 && off >= least) continue;
    least = off;
    best = flow;
  }
  return best;
}

/// Places without y. The last card, if it shows scores, takes the rest of its row, up to three columns.
std::vector<CardPlace> placed(const Overview& overview, const CardFlow& flow, double left) {
  std::vector<CardPlace> places;
  int row = 0, column = 0;
  for (std::size_t i = 0; i < overview.cards.size(); ++i) {
    const bool scores = overview.cards[i].scores.has_value();
    int span = scores ? flow.score_span : 1;
    if (column + span > flow.columns) {
      column = 0;
      ++row;
    }
    if (scores && i + 1 == overview.cards.size())
      span = std::clamp(flow.columns - column, span, std::max(span, 3));
    CardPlace place;
    place.x = left + column * (flow.style.width + card_gap);
    place.width = span * flow.style.width + (span - 1) * card_gap;
    place.height = flow.style.height;
    place.row = row;
    place.column = column;
    place.span = span;
    places.push_back(place);
    column += span;
  }
  return places;
}

/// Sets the y of all places; returns the y below the last row.
double set_rows(std::vector<CardPlace>& places, const Wiring& wiring, double top) {
  double y = top, bottom = top;
  int row = 0;
  for (CardPlace& place : places) {
    for (; row < place.row; ++row) y += place.height + row_gap(wiring.tracks[static_cast<std::size_t>(row)]);
    place.y = y;
    bottom = y + place.height;
  }
  if (!wiring.tracks.empty() && wiring.tracks.back() > 0) bottom += row_gap(wiring.tracks.back()) - 16;
  return bottom;
}

/// "from 3, 9" with the numbers of the cards, unless the card before is all that feeds it.
std::string from_text(const Overview& overview, std::size_t card) {
  const std::vector<Feed>& feeds = overview.cards[card].feeds;
  if (feeds.empty() || (feeds.size() == 1 && static_cast<std::size_t>(feeds[0].from) + 1 == card)) return "";
  std::vector<std::string> numbers;
  for (const Feed& feed : feeds)
    numbers.push_back(overview.cards[static_cast<std::size_t>(feed.from)].number);
  return fmt::format("from {}", fmt::join(numbers, ", "));
}

double add_key_bar(Sheet& sheet, Colormap map, const std::string& low, const std::string& high, double x,
                   double y) {
  sheet.put(x, y, low, small_size, sheet.theme.muted);
  x += sheet.font.width(low, small_size) + 6;
  sheet.scene.add(Gradient{x, y - 9, 40, 10, level_colours(map), Direction::right});
  sheet.put(x + 46, y, high, small_size, sheet.theme.muted);
  return x + 46 + sheet.font.width(high, small_size) + 24;
}

double add_key(Sheet& sheet, const Overview& overview, int factor, double y) {
  const auto any = [&overview](const auto& holds) { return std::ranges::any_of(overview.cards, holds); };
  const auto values = [](const OverviewCard& c) { return has_maps(c) || c.sequence || !c.units.empty(); };
  double x = sheet.margin;
  if (any([&](const OverviewCard& c) { return values(c) && c.lo >= 0; }))
    x = add_key_bar(sheet, overview.map, "low", "high", x, y + 18);
  const bool signed_ = any([&](const OverviewCard& c) { return values(c) && c.lo < 0; });
  if (signed_ && x > sheet.margin && x + 190 > sheet.scene.width) {  // a narrow page
    x = sheet.margin;
    y += 18;
  }
  if (signed_) x = add_key_bar(sheet, overview.theme.diverging, "negative", "positive", x, y + 18);
  Legend legend;
  if (!overview.remark.empty()) legend.add(overview.remark);
  if (any(has_maps)) legend.add("maps: the most active channels by mean magnitude, with their numbers");
  if (any([](const OverviewCard& c) { return !c.units.empty(); }))
    legend.add("vectors: all units, row by row");
  if (any([](const OverviewCard& c) { return c.sequence.has_value(); }))
    legend.add("sequences: a row per channel");
  if (any(values)) legend.add("at the foot: the colour scale of the layer");
  if (any([](const OverviewCard& c) { return !c.number.empty(); }))
    legend.add("before the name: the number of the layer");
  if (any([](const OverviewCard& c) {
        return std::ranges::any_of(c.feeds, [](const Feed& f) { return !f.direct; });
      }))
    legend.add("dashed: through layers that are not shown");
  if (factor > 1) legend.add("1 : 2 = means over 2 × 2 units");
  const double room = sheet.scene.width - sheet.margin - x;
  if (room > 500) return add_legend(sheet, legend, x, y, room);
  return add_legend(sheet, legend, sheet.margin, y + (x > sheet.margin ? 18 : 0),
                    sheet.scene.width - 2 * sheet.margin);
}

}  // namespace

std::size_t most_cards(const Page& page) {
  constexpr std::size_t usual = 24, rows = 4;
  if (!page.exact) return 28;
  const double step = card_style(least_tile).width + card_gap;
  const auto columns = static_cast<std::size_t>((page.width - 2 * page.margin + card_gap) / step);
  return std::clamp<std::size_t>(columns * rows, usual / 2, usual);
}

std::vector<Map> most_active(std::span<const Map> maps, std::size_t most) {
  struct MapActivity {
    double activity;
    const Map* map;
  };
  std::vector<MapActivity> order;
  for (const Map& map : maps) {
    if (map.dead || map.frozen) continue;
    double sum = 0;
    for (const float v : map.values)
      if (std::isfinite(v)) sum += std::abs(v);
    order.push_back({map.values.empty() ? 0 : sum / static_cast<double>(map.values.size()), &map});
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const MapActivity& a, const MapActivity& b) { return a.activity > b.activity; });
  std::vector<Map> best;
  for (std::size_t i = 0; i < std::min(most, order.size()); ++i) best.push_back(*order[i].map);
  return best;
}

Scene draw(const Overview& overview) {
  Sheet sheet(overview.theme, overview.page);
  const CardFlow flow = flow_of(overview);
  Heading heading;
  heading.title = overview.title;
  heading.caption = overview.subtitle;
  sheet.scene.width = std::max(std::min(least_width, overview.page.width),
                               2 * sheet.margin + flow.columns * (flow.style.width + card_gap) - card_gap);
  const double top = add_heading(sheet, heading, overview.page, sheet.scene.width);
  std::vector<CardPlace> places = placed(overview, flow, sheet.margin);
  const Wiring wiring = wired(overview.cards, places);
  const double bottom = set_rows(places, wiring, top);
  int factor = 1;
  for (std::size_t i = 0; i < places.size(); ++i)
    factor = std::max(factor, add_card(sheet, flow.style, overview.cards[i], from_text(overview, i),
                                       overview.map, places[i]));
  add_wires(sheet, wiring, places);
  const double y = add_key(sheet, overview, factor, bottom + 6);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
