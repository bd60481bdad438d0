#include "nv/figures/pass/scores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nv/analysis/captions.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/pass/score_rows.h"

namespace nv::figures {

using namespace render;

namespace {

/// Position and scale of the bars; logits have 0 within.
struct Track {
  double x = 0, width = 0;
  double lo = 0, hi = 1;

  double at(double value) const { return std::round(x + (value - lo) / (hi - lo) * width); }
};

Track track_of(const ScoreBars& bars, std::span<const Ranked> rows) {
  Track track;
  double lo = 0, hi = 0;
  for (const Ranked& row : rows) {
    const double value = bars.scores[static_cast<std::size_t>(row.index)];
    if (!std::isfinite(value)) continue;
    lo = std::min(lo, value);
    hi = std::max(hi, value);
  }
  const bool probabilities = lo >= 0 && hi <= 1 && bars.meaning == "probability";
  track.lo = lo;
  track.hi = probabilities ? 1 : hi > lo ? hi : lo + 1;
  return track;
}

std::string label_of(const ScoreBars& bars, int index) {
  return bars.labels.empty() ? std::to_string(index) : one_line(bars.labels[static_cast<std::size_t>(index)]);
}

std::string score_text(const ScoreBars& bars, double score) {
  return bars.meaning != "probability" || !(score >= 0 && score <= 1) ? compact_number(score)
                                                                      : probability_text(score);
}

void add_check(Sheet& sheet, double x, double y, double size) {
  sheet.scene.polyline({{x, y - size * 0.35}, {x + size * 0.35, y}, {x + size, y - size * 0.8}},
                       {sheet.theme.second, std::max(1.5, size / 5), 0});
}

/// Position of the rows and widths of their columns, px.
struct Columns {
  double x = 0, label = 0, value = 0, tag = 0;
};

Columns columns_of(const Sheet& sheet, const ScoreBars& bars, std::span<const Ranked> rows,
                   const RowStyle& style, double width) {
  Columns columns;
  for (const Ranked& row : rows) {
    const double score = bars.scores[static_cast<std::size_t>(row.index)];
    columns.label =
        std::max(columns.label, sheet.font.width(label_of(bars, row.index), style.text, FontWeight::bold));
    columns.value =
        std::max(columns.value, sheet.font.width(score_text(bars, score), style.text, FontWeight::bold));
  }
  columns.label = std::ceil(std::min(columns.label, width * 0.42));
  columns.tag = bars.truth ? std::ceil(sheet.font.width("truth", style.text - 2) + style.text + 6) : 0;
  return columns;
}

void add_row(Sheet& sheet, const ScoreBars& bars, const Ranked& row, const RowStyle& style,
             const Columns& columns, const Track& track, double y) {
  const Theme& theme = sheet.theme;
  // If a score is NaN, no class is predicted.
  const bool predicted = row.rank == 0 && std::none_of(bars.scores.begin(), bars.scores.end(),
                                                       [](float x) { return std::isnan(x); });
  const bool truth = bars.truth && *bars.truth == row.index;
  const double score = bars.scores[static_cast<std::size_t>(row.index)];
  const double top = y + std::floor((style.row - style.bar) / 2);
  const double baseline = std::round(y + style.row / 2 + sheet.font.cap_height(style.text) / 2);
  const FontWeight weight = predicted ? FontWeight::bold : FontWeight::regular;
  sheet.put(columns.x + columns.label, baseline,
            sheet.font.fitted(label_of(bars, row.index), style.text, columns.label, weight), style.text,
            theme.ink, Anchor::end, weight);
  sheet.scene.fill(track.x, top, track.width, style.bar, mixed(theme.background, theme.frame, 0.4));
  if (std::isfinite(score)) {
    const double zero = track.at(std::max(track.lo, 0.0)), end = track.at(score);
    sheet.scene.fill(std::min(zero, end), top, std::max(1.0, std::abs(end - zero)), style.bar,
                     predicted ? theme.accent : mixed(theme.background, theme.accent, 0.5));
  }
  if (truth) sheet.scene.outline(track.x, top, track.width, style.bar, {theme.second, 2, 0});
  sheet.put(track.x + track.width + 8 + columns.value, baseline, score_text(bars, score), style.text,
            theme.ink, Anchor::end, weight);
  if (!truth) return;
  const double tag = track.x + track.width + 8 + columns.value + 8;
  if (predicted) add_check(sheet, tag, baseline, style.text * 0.7);
  sheet.put(tag + (predicted ? style.text : 0), baseline, "truth", style.text - 2, theme.second);
}

}  // namespace

std::vector<Ranked> ranked(const ScoreBars& bars, int top) {
  std::vector<int> order(bars.scores.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&bars](int a, int b) {
    const float x = bars.scores[static_cast<std::size_t>(a)], y = bars.scores[static_cast<std::size_t>(b)];
    if (std::isnan(x) || std::isnan(y)) return std::isnan(x) != std::isnan(y) ? std::isnan(y) : a < b;
    return x != y ? x > y : a < b;
  });
  std::vector<Ranked> rows;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const bool shown = static_cast<int>(i) < top;
    if (shown || (bars.truth && order[i] == *bars.truth)) rows.push_back({order[i], static_cast<int>(i)});
  }
  return rows;
}

double add_score_rows(Sheet& sheet, const ScoreBars& bars, const RowStyle& style, int top, double x, double y,
                      double width) {
  const std::vector<Ranked> rows = ranked(bars, top);
  Columns columns = columns_of(sheet, bars, rows, style, width);
  columns.x = x;
  Track track = track_of(bars, rows);
  track.x = std::round(x + columns.label + 8);
  track.width = std::max(
      10.0, std::floor(x + width - track.x - 8 - columns.value - (columns.tag > 0 ? columns.tag + 8 : 0)));
  int last = -1;
  for (const Ranked& row : rows) {
    if (row.rank != last + 1) {  // ranks are skipped before the true class
      sheet.put(track.x, y + 10, fmt::format("rank {}:", row.rank + 1), style.text - 2, sheet.theme.muted);
      y += rank_line;
    }
    add_row(sheet, bars, row, style, columns, track, y);
    y += style.row;
    last = row.rank;
  }
  return y;
}

Scene draw(const ScoreBars& bars) {
  if (bars.scores.empty()) throw_usage("{}: no scores to draw", bars.title);
  if (!bars.labels.empty() && bars.labels.size() != bars.scores.size())
    throw_usage("{}: {} labels for {} classes", bars.title, bars.labels.size(), bars.scores.size());
  Sheet sheet(bars.theme, bars.page);
  sheet.scene.width = bars.page.width;
  double y = add_heading(sheet, bars, bars.page, bars.page.width);
  y = add_score_rows(sheet, bars, {}, std::max(1, bars.top), sheet.margin, y,
                     bars.page.width - 2 * sheet.margin);
  Legend legend;
  const auto shown =
      std::min<std::size_t>(static_cast<std::size_t>(std::max(1, bars.top)), bars.scores.size());
  legend.add(shown < bars.scores.size() ? fmt::format("{}: the {} largest of {} classes", bars.meaning, shown,
                                                      thousands(static_cast<long long>(bars.scores.size())))
                                        : fmt::format("{} of {} classes", bars.meaning, bars.scores.size()));
  y = add_legend(sheet, legend, sheet.margin, y + 2, bars.page.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
