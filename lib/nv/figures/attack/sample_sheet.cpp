#include "nv/figures/attack/sample_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "nv/analysis/captions.h"
#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/charts/bar_chart.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double gap = 34, head = 20, foot = 30, bar_height = 8, sign_size = 20;

std::size_t count_of(int rows, int cols, int channels) {
  return static_cast<std::size_t>(std::max(0, rows)) * static_cast<std::size_t>(std::max(0, cols)) *
         static_cast<std::size_t>(channels);
}

void check(const SampleSheet& s) {
  if (s.channels != 1 && s.channels != 3)
    throw_usage("{}: a perturbation of {} channels is no picture", s.title, s.channels);
  if (s.difference.empty() || s.difference.size() != count_of(s.rows, s.cols, s.channels))
    throw_usage("{}: {} differences are not {} x {} x {}", s.title, s.difference.size(), s.rows, s.cols,
                s.channels);
  for (const render::Picture* p : {&s.original, &s.adversarial})
    if (!p->whole() || p->width != s.cols || p->height != s.rows)
      throw_usage("{}: the pictures are not of {} x {} pixels", s.title, s.rows, s.cols);
}

/// The background's colour at 0; of a picture in colour, the middle grey.
ValueScale scale_of(const SampleSheet& s, const Range& range) {
  ValueScale scale = symmetric_scale(range, s.theme.diverging);
  if (s.channels == 3) scale.map = Colormap::grey;
  return scale;
}

/// One channel as cells of factor x factor pixels, each with the largest change in it: means would cancel
/// changes of both signs. A value that is not finite makes its cell not finite.
std::vector<float> strongest(const SampleSheet& s, std::size_t channel, int factor) {
  const int cols = (s.cols + factor - 1) / factor, rows = (s.rows + factor - 1) / factor;
  std::vector<float> cells(count_of(rows, cols, 1));
  const auto channels = static_cast<std::size_t>(s.channels);
  for (std::size_t i = 0; i < count_of(s.rows, s.cols, 1); ++i) {
    const int y = static_cast<int>(i) / s.cols / factor, x = static_cast<int>(i) % s.cols / factor;
    float& cell = cells[count_of(y, cols, 1) + static_cast<std::size_t>(x)];
    const float change = s.difference[i * channels + channel];
    if (!std::isfinite(change) || std::abs(change) > std::abs(cell)) cell = change;
  }
  return cells;
}

/// The perturbation in cells of the same size as those of `like`.
Bitmap perturbation(const SampleSheet& s, const ValueScale& scale, const Shown& like) {
  Bitmap bitmap = like.bitmap;
  std::vector<Rgb> layer(bitmap.pixels.size());
  for (std::size_t c = 0; c < static_cast<std::size_t>(s.channels); ++c) {
    const std::vector<float> cells = strongest(s, c, like.factor);
    paint(cells, scale, s.theme.bad, layer);
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (c == 0) bitmap.pixels[i] = layer[i];
      if (c == 1) bitmap.pixels[i].g = layer[i].g;
      if (c == 2) bitmap.pixels[i].b = layer[i].b;
    }
  }
  return bitmap;
}

/// "perturbation × 3.3": the factor by which it is enlarged.
std::string magnified(const SampleSheet& s, const ValueScale& scale) {
  if (scale.hi == 0) return "no perturbation";
  return fmt::format("perturbation × {}", compact_number(s.range / scale.hi));
}

/// The scale of the perturbation, below it.
void add_scale(Sheet& sheet, const ValueScale& scale, double x, double y, double width) {
  if (scale.hi == 0) return;
  sheet.scene.add(Gradient{x, y + 5, width, bar_height, level_colours(scale.map), Direction::right});
  sheet.scene.outline(x, y + 5, width, bar_height, sheet.hairline());
  const double below = y + 5 + bar_height + 13;
  const std::string lo = compact_number(scale.lo), hi = compact_number(scale.hi);
  const double room = width - sheet.font.width(lo, small_size) - sheet.font.width(hi, small_size);
  if (room < 6)
    return sheet.put(x + width / 2, below, "± " + hi, small_size, sheet.theme.ink, Anchor::middle);
  sheet.put(x, below, lo, small_size, sheet.theme.ink);
  sheet.put(x + width, below, hi, small_size, sheet.theme.ink, Anchor::end);
  if (room > 40) sheet.put(x + width / 2, below, "0", small_size, sheet.theme.ink, Anchor::middle);
}

Legend legend_of(const SampleSheet& s, const Range& range, int factor) {
  Legend legend;
  if (s.channels == 3) legend.add("perturbation: red, green and blue about the middle grey");
  if (factor > 1)
    legend.add(fmt::format("1 : {} = means over {} × {} pixels; the largest change among them", factor,
                           factor, factor));
  if (range.not_finite > 0)
    legend.entries.push_back({Legend::Mark::bad, fmt::format("not finite: {}", thousands(range.not_finite))});
  return legend;
}

/// A pair of bars per class; returns the y below.
double add_scores(Sheet& sheet, const SampleSheet& s, double y) {
  if (s.scores.empty()) return y;
  BarChart chart;
  chart.theme = s.theme;
  chart.page = {sheet.scene.width - 2 * sheet.margin, false, 0};
  chart.series = {"original", "adversarial"};
  chart.meaning = s.meaning;
  if (s.meaning == "probability") {
    chart.hi = 1;
    chart.number = [](double p) { return p >= 0 && p <= 1 ? probability_text(p) : compact_number(p); };
  }
  for (const SampleSheet::Score& score : s.scores)
    chart.rows.push_back({score.label, {score.before, score.after}});
  const Scene bars = draw(chart);
  sheet.scene.append(bars, sheet.margin, y + 10);
  return y + 10 + bars.height;
}

/// The three pictures with names above, captions below, and signs between them; the scale below the second.
void add_panels(Sheet& sheet, const SampleSheet& s, const ValueScale& scale, std::array<Bitmap, 3> tiles,
                Point first) {
  const std::string names[] = {"original", magnified(s, scale), "adversarial"};
  const std::string captions[] = {s.original.caption, "", s.adversarial.caption};
  const double width = tiles[0].width(), height = tiles[0].height(), step = width + gap;
  for (std::size_t k = 0; k < tiles.size(); ++k) {
    const double x = first.x + static_cast<double>(k) * step, middle = x + width / 2;
    sheet.put(middle, first.y - 7, sheet.font.fitted(names[k], small_size, step - 4), small_size,
              s.theme.muted, Anchor::middle);
    if (k > 0)
      sheet.put(x - gap / 2, std::round(first.y + height / 2 + 7), k == 1 ? "+" : "=", sign_size,
                s.theme.muted, Anchor::middle);
    const std::string caption = sheet.font.fitted(one_line(captions[k]), text_size, step - 4);
    if (!caption.empty())
      sheet.put(middle, first.y + height + 19, caption, text_size, s.theme.ink, Anchor::middle);
    tiles[k].x = x;
    tiles[k].y = first.y;
    tiles[k].frame = sheet.hairline();
    sheet.scene.add(std::move(tiles[k]));
  }
  add_scale(sheet, scale, first.x + step, first.y + height, width);
}

}  // namespace

Scene draw(const SampleSheet& s) {
  check(s);
  Sheet sheet(s.theme, s.page);
  const Range range = range_of(s.difference);
  const ValueScale scale = scale_of(s, range);
  const double room = std::max(s.page.grain, (s.page.width - 2 * sheet.margin - 2 * gap) / 3);
  const double side = s.page.exact ? room : std::min(room, s.tile);
  const Shown before = shown_in(s.original, side, side, s.page.grain);
  const Shown after = shown_in(s.adversarial, side, side, s.page.grain);
  const double width = 3 * before.bitmap.width() + 2 * gap;
  sheet.scene.width = std::ceil(std::max(std::min(least_width, s.page.width), 2 * sheet.margin + width));
  const double top = std::round(add_heading(sheet, s, s.page, sheet.scene.width) + head);
  add_panels(sheet, s, scale, {before.bitmap, perturbation(s, scale, before), after.bitmap},
             {std::floor((sheet.scene.width - width) / 2), top});
  double y = top + before.bitmap.height() + foot - 2;
  y = add_legend(sheet, legend_of(s, range, before.factor), sheet.margin, y,
                 sheet.scene.width - 2 * sheet.margin);
  y = add_scores(sheet, s, y);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
