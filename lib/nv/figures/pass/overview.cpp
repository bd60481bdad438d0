#include "nv/figures/pass/overview.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/text.h"
#include "nv/figures/pass/card.h"
#include "nv/figures/pass/score_rows.h"
#include "nv/render/charts/grid.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double gap_x = 24, gap_y = 26, page_ratio = 1.5;

/// Number of columns of cards, and least number of columns that the scores take.
struct CardFlow {
  CardStyle style;
  int columns = 0, score_span = 0;
};

/// Share of a tile's side that maps of `size` units fill when enlarged or shrunk by whole numbers.
double filled(int size, double tile) {
  const int units = std::max(1, size);
  const double drawn = units <= tile ? units * std::floor(tile / units) : units / std::ceil(units / tile);
  return drawn / tile;
}

/// Side of the tiles: smaller for many cards, and up to a third larger to fit the sizes of the maps.
double tile_side(const Overview& overview) {
  const std::size_t cards = overview.cards.size();
  const int least = cards <= 10 ? 56 : cards <= 20 ? 50 : cards <= 34 ? 44 : 38;
  double best = least, most = -1;
  for (int side = least; side <= least * 4 / 3; ++side) {
    double sum = 0;
    for (const OverviewCard& card : overview.cards)
      if (!card.maps.empty()) sum += filled(std::max(card.maps[0].rows, card.maps[0].cols), side);
    if (sum <= most + 1e-9) continue;
    most = sum;
    best = side;
  }
  return best;
}

/// The number of columns for sides of about 3 : 2 and few empty places.
CardFlow flow_of(const Overview& overview) {
  CardFlow flow;
  flow.style = card_style(tile_side(overview));
  const bool scores = overview.scores && !overview.scores->scores.empty();
  const int cards = static_cast<int>(overview.cards.size()) + (overview.input.pixels.empty() ? 0 : 1);
  flow.score_span = !scores ? 0 : cards > 1 && flow.style.width < 200 ? 2 : 1;
  const int places = std::max(1, cards + flow.score_span);
  const double room = overview.page.width - 2 * overview.page.margin + gap_x;
  const int most = overview.page.exact ? static_cast<int>(room / (flow.style.width + gap_x)) : places;
  double least = 0;
  for (int columns = std::max(1, flow.score_span); columns <= std::min(places, most); ++columns) {
    const int card_rows = (cards + columns - 1) / columns;
    const bool own_row = flow.score_span > 0 && card_rows * columns - cards < flow.score_span;
    const int rows = std::max(1, card_rows + (own_row ? 1 : 0));
    const double width = columns * (flow.style.width + gap_x),
                 height = rows * (flow.style.height + gap_y) + 100;
    const double empty = own_row ? 0.2 : std::max(0, rows * columns - places - 1) / (1.0 * rows * columns);
    const double off = std::abs(std::log(width / height / page_ratio)) + empty;
    if (flow.columns > 0 && off >= least) continue;
    least = off;
    flow.columns = columns;
  }
  flow.columns = std::max({1, flow.columns, std::min(flow.score_span, most)});
  flow.score_span = std::min(flow.score_span, flow.columns);
  // Larger tiles instead of empty margins.
  const auto wider = [&flow] { return card_style(flow.style.tile + 1); };
  while (overview.page.exact && flow.columns * (wider().width + gap_x) <= room) flow.style = wider();
  return flow;
}

/// Positions of cards in sequence, in reading order.
class CardPlaces {
 public:
  CardPlaces(const CardFlow& flow, Point first) : flow_(flow), first_(first) {}

  struct Place {
    double x, y, width, height;
    int row;
  };

  /// The next place, `span` columns wide.
  Place next(int span) {
    if (column_ + span > flow_.columns) {
      column_ = 0;
      ++row_;
    }
    const CardStyle& s = flow_.style;
    const Place place{first_.x + column_ * (s.width + gap_x), first_.y + row_ * (s.height + gap_y),
                      span * s.width + (span - 1) * gap_x, s.height, row_};
    column_ += span;
    return place;
  }
  /// The last place: the rest of the row, from `least` up to three columns.
  Place last(int least) {
    const int left = flow_.columns - (column_ + least > flow_.columns ? 0 : column_);
    return next(std::clamp(left, least, std::max(least, 3)));
  }
  double bottom() const { return first_.y + (row_ + 1) * (flow_.style.height + gap_y) - gap_y; }

 private:
  CardFlow flow_;
  Point first_;
  int row_ = 0, column_ = 0;
};

/// An arrow to the right within a row, or a line between two rows back to the left.
void add_connector(Sheet& sheet, const CardPlaces::Place& from, const CardPlaces::Place& to) {
  const Stroke stroke{sheet.theme.muted, 1, 0};
  if (from.row == to.row) {
    const double y = from.y + from.height / 2;
    sheet.scene.line({from.x + from.width + 3, y}, {to.x - 8, y}, stroke);
    return add_arrow_head(sheet, {to.x - 3, std::floor(y) + 0.5}, 1, 0, 7, sheet.theme.muted);
  }
  const double between = from.y + from.height + gap_y / 2 - 2;
  const double x0 = std::floor(from.x + from.width / 2), x1 = std::floor(to.x + to.width / 2);
  sheet.scene.polyline({{x0, from.y + from.height + 3}, {x0, between}, {x1, between}, {x1, to.y - 8}},
                       stroke);
  add_arrow_head(sheet, {x1, to.y - 3}, 0, 1, 7, sheet.theme.muted);
}

void add_scores(Sheet& sheet, const ScoreBars& scores, const CardPlaces::Place& place) {
  add_frame(sheet, place.x, place.y, place.width, place.height);
  const double pad = card_padding;
  sheet.put(place.x + pad, place.y + 19, "class scores", text_size, sheet.theme.ink, Anchor::start,
            FontWeight::bold);
  sheet.put(place.x + place.width - pad, place.y + 19, scores.meaning, small_size, sheet.theme.muted,
            Anchor::end);
  const double room = place.height - 30 - pad;
  const int fits = std::max(1, static_cast<int>(room / 17));
  int rows = std::min({scores.top, fits, static_cast<int>(scores.scores.size())});
  // A true class beyond them needs a further row and a line.
  const bool beyond = scores.truth && static_cast<int>(ranked(scores, rows).size()) > rows;
  if (beyond) rows = std::max(1, std::min(rows, fits - 2));
  const double row = beyond ? (room - rank_line) / (rows + 1) : room / std::max(rows, 1);
  const RowStyle style{std::floor(std::clamp(row, 17.0, 26.0)), 11, 11};
  add_score_rows(sheet, scores, style, rows, place.x + pad, place.y + 30, place.width - 2 * pad);
}

double add_key_bar(Sheet& sheet, Colormap map, const std::string& low, const std::string& high, double x,
                   double y) {
  sheet.put(x, y, low, small_size, sheet.theme.muted);
  x += sheet.font.width(low, small_size) + 6;
  sheet.scene.add(Gradient{x, y - 9, 70, 10, level_colours(map), Direction::right});
  sheet.put(x + 76, y, high, small_size, sheet.theme.muted);
  return x + 76 + sheet.font.width(high, small_size) + 24;
}

double add_key(Sheet& sheet, const Overview& overview, const CardStyle& style, double y) {
  const auto any = [&overview](const auto& holds) {
    return std::any_of(overview.cards.begin(), overview.cards.end(), holds);
  };
  const bool signed_ = any([](const OverviewCard& c) { return c.lo < 0; });
  const bool plain = any([](const OverviewCard& c) { return c.lo >= 0; });
  const bool units = any([](const OverviewCard& c) { return !c.units.empty(); });
  double x = sheet.margin;
  if (plain) x = add_key_bar(sheet, overview.map, "low", "high", x, y + 18);
  if (signed_) x = add_key_bar(sheet, overview.theme.diverging, "negative", "positive", x, y + 18);
  Legend legend;
  legend.add("maps: the most active of each layer by mean magnitude, with their channel numbers");
  if (units) legend.add("dense layers: all units, row by row");
  legend.add("numbers at a card's foot: the scale of its layer");
  if (any([&](const OverviewCard& c) { return card_shrinking(style, c, sheet.grain) > 1; }))
    legend.add("1 : 2 = means over 2 × 2 units");
  const double room = sheet.scene.width - sheet.margin - x;
  if (room > 500) return add_legend(sheet, legend, x, y, room);
  return add_legend(sheet, legend, sheet.margin, y + 18, sheet.scene.width - 2 * sheet.margin);
}

}  // namespace

std::vector<Map> most_active(std::span<const Map> maps, std::size_t most) {
  struct Weighed {
    double activity;
    const Map* map;
  };
  std::vector<Weighed> order;
  for (const Map& map : maps) {
    if (map.dead || map.frozen) continue;
    double sum = 0;
    for (const float v : map.values)
      if (std::isfinite(v)) sum += std::abs(v);
    order.push_back({map.values.empty() ? 0 : sum / static_cast<double>(map.values.size()), &map});
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const Weighed& a, const Weighed& b) { return a.activity > b.activity; });
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
                               2 * sheet.margin + flow.columns * (flow.style.width + gap_x) - gap_x);
  const double top = add_heading(sheet, heading, overview.page, sheet.scene.width);
  CardPlaces places(flow, {sheet.margin, top});
  std::optional<CardPlaces::Place> before;
  const auto arrive = [&sheet, &before](const CardPlaces::Place& place) {
    if (before) add_connector(sheet, *before, place);
    before = place;
    return place;
  };
  if (!overview.input.pixels.empty()) {
    const CardPlaces::Place place = arrive(places.next(1));
    add_picture_card(sheet, flow.style, overview.input, place.x, place.y);
  }
  for (const OverviewCard& card : overview.cards) {
    const CardPlaces::Place place = arrive(places.next(1));
    add_layer_card(sheet, flow.style, card, overview.map, place.x, place.y);
  }
  if (flow.score_span > 0) add_scores(sheet, *overview.scores, arrive(places.last(flow.score_span)));
  const double y = add_key(sheet, overview, flow.style, places.bottom() + 6);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
