#include "nv/figures/picture_change.h"

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

constexpr double panel_gap = 34, head = 20, foot = 30, bar_height = 8, sign_size = 20;

std::size_t count_of(int rows, int cols, int channels) {
  return static_cast<std::size_t>(std::max(0, rows)) * static_cast<std::size_t>(std::max(0, cols)) *
         static_cast<std::size_t>(channels);
}

void check(const PictureChange& s) {
  if (s.channels != 1 && s.channels != 3)
    throw_usage("{}: differences of {} channels are no picture", s.title, s.channels);
  for (const PixelGrid* p : {&s.before, &s.after})
    if (!p->whole() || p->width != s.before.width || p->height != s.before.height)
      throw_usage("{}: the pictures are not of one size", s.title);
  if (s.difference.size() != count_of(s.before.height, s.before.width, s.channels))
    throw_usage("{}: {} differences are not {} x {} x {}", s.title, s.difference.size(), s.before.height,
                s.before.width, s.channels);
}

/// One channel as cells of factor x factor pixels, each with the largest change in it: means would cancel
/// changes of both signs. A value that is not finite makes its cell not finite.
std::vector<float> strongest(const PictureChange& s, std::size_t channel, int factor) {
  const int cols = (s.before.width + factor - 1) / factor, rows = (s.before.height + factor - 1) / factor;
  std::vector<float> cells(count_of(rows, cols, 1));
  const auto channels = static_cast<std::size_t>(s.channels);
  for (std::size_t i = 0; i < count_of(s.before.height, s.before.width, 1); ++i) {
    const int y = static_cast<int>(i) / s.before.width / factor,
              x = static_cast<int>(i) % s.before.width / factor;
    float& cell = cells[count_of(y, cols, 1) + static_cast<std::size_t>(x)];
    const float change = s.difference[i * channels + channel];
    if (!std::isfinite(change) || std::abs(change) > std::abs(cell)) cell = change;
  }
  return cells;
}

/// "perturbation × 10": the difference, and the factor by which it is enlarged.
std::string difference_text(const PictureChange& s, const ValueScale& scale) {
  if (scale.hi == 0) return fmt::format("no {}", s.sum ? s.difference_name : "difference");
  const double factor = s.range / (2 * scale.hi);
  // Of a comparison, a factor below 1 would surprise more than it says; the scale has the numbers.
  if (std::abs(factor - 1) < 1e-9 || (!s.sum && factor < 1)) return s.difference_name;
  const bool formula = s.difference_name.find(' ') != std::string::npos;  // "B − A"
  return fmt::format("{}{}{} × {}", formula ? "(" : "", s.difference_name, formula ? ")" : "",
                     compact_number(factor));
}

/// The scale of the difference, below it.
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

Legend legend_of(const PictureChange& s, const Range& range, int factor) {
  Legend legend;
  const std::string unit = s.unit.empty() ? "" : fmt::format(", in {}", s.unit);
  if (s.channels == 3)
    legend.add(fmt::format("{}: red, green and blue about the middle grey{}", s.difference_name, unit));
  else if (!unit.empty())
    legend.add(fmt::format("{}{}", s.difference_name, unit));
  if (factor > 1)
    legend.add(fmt::format("1 : {} = means over {} × {} pixels; the largest difference among them", factor,
                           factor, factor));
  if (range.not_finite > 0)
    legend.entries.push_back({Legend::Mark::bad, fmt::format("not finite: {}", thousands(range.not_finite))});
  return legend;
}

/// A pair of bars per class; returns the y below.
double add_scores(Sheet& sheet, const PictureChange& s, double y) {
  if (s.scores.empty()) return y;
  BarChart chart;
  chart.theme = s.theme;
  chart.page = {sheet.scene.width - 2 * sheet.margin, false, 0};
  chart.series = {s.before_name, s.after_name};
  chart.meaning = s.meaning;
  if (s.meaning == "probability") {
    chart.hi = 1;
    chart.number = [](double p) { return p >= 0 && p <= 1 ? probability_text(p) : compact_number(p); };
  }
  for (const PictureChange::Score& score : s.scores)
    chart.rows.push_back({score.label, {score.before, score.after}});
  const Scene bars = draw(chart);
  sheet.scene.append(bars, sheet.margin, y + 10);
  return y + 10 + bars.height;
}

struct Panel {
  std::string name, caption;
  Bitmap bitmap;
  bool difference = false;  ///< its scale is drawn below it
  const char* sign = "";    ///< on its left
};

std::array<Panel, 3> panels_of(const PictureChange& s, const ValueScale& scale, const Shown& before,
                               const Shown& after) {
  Panel first{s.before_name, s.before.caption, before.bitmap};
  Panel change{difference_text(s, scale), "", difference_cells(s, scale, before), true};
  Panel second{s.after_name, s.after.caption, after.bitmap};
  if (!s.sum) return {std::move(first), std::move(second), std::move(change)};
  change.sign = "+";
  second.sign = "=";
  return {std::move(first), std::move(change), std::move(second)};
}

/// The pictures with names above, captions below, and signs between them.
void add_panels(Sheet& sheet, std::array<Panel, 3> panels, const ValueScale& scale, Point first) {
  const double width = panels[0].bitmap.width(), height = panels[0].bitmap.height(), step = width + panel_gap;
  const auto centred = [&sheet](double x, double y, const std::string& text, double size, Rgb colour) {
    if (!text.empty()) sheet.put(x, y, text, size, colour, Anchor::middle);
  };
  for (std::size_t k = 0; k < panels.size(); ++k) {
    Panel& panel = panels[k];
    const double x = first.x + static_cast<double>(k) * step, middle = x + width / 2;
    centred(middle, first.y - 7, sheet.font.fitted_middle(panel.name, small_size, step - 4), small_size,
            sheet.theme.muted);
    centred(x - panel_gap / 2, std::round(first.y + height / 2 + 7), panel.sign, sign_size,
            sheet.theme.muted);
    centred(middle, first.y + height + 19,
            sheet.font.fitted_middle(one_line(panel.caption), text_size, step - 4), text_size,
            sheet.theme.ink);
    panel.bitmap.x = x;
    panel.bitmap.y = first.y;
    panel.bitmap.frame = sheet.hairline();
    sheet.scene.add(std::move(panel.bitmap));
    if (panel.difference) add_scale(sheet, scale, x, first.y + height, width);
  }
}

}  // namespace

double round_factor(double range, double most) {
  if (!(most > 0) || !(range > 0)) return 0;
  const double exact = range / (2 * most) * (1 + 1e-5);  // float32 may exceed a round size by rounding
  const double decade = std::pow(10, std::floor(std::log10(exact)));
  const double digit = exact / decade;
  return decade * (digit >= 5 ? 5 : digit >= 2 ? 2 : 1);
}

ValueScale difference_scale(const PictureChange& change) {
  const Range range = range_of(change.difference);
  const double factor = round_factor(change.range, std::max(std::abs(range.lo), std::abs(range.hi)));
  const double end = factor > 0 ? change.range / (2 * factor) : 0;
  return {-end, end, change.channels == 3 ? Colormap::grey : change.theme.diverging, true};
}

Bitmap difference_cells(const PictureChange& change, const ValueScale& scale, const Shown& like) {
  Bitmap bitmap = like.bitmap;
  std::vector<Rgb> layer(bitmap.pixels.size());
  for (std::size_t c = 0; c < static_cast<std::size_t>(change.channels); ++c) {
    const std::vector<float> cells = strongest(change, c, like.factor);
    paint(cells, scale, change.theme.bad, layer);
    for (std::size_t i = 0; i < layer.size(); ++i) {
      if (c == 0) bitmap.pixels[i] = layer[i];
      if (c == 1) bitmap.pixels[i].g = layer[i].g;
      if (c == 2) bitmap.pixels[i].b = layer[i].b;
    }
  }
  return bitmap;
}

Scene draw(const PictureChange& s) {
  check(s);
  Sheet sheet(s.theme, s.page);
  const ValueScale scale = difference_scale(s);
  const double room = std::max(s.page.grain, (s.page.width - 2 * sheet.margin - 2 * panel_gap) / 3);
  const double side = s.page.exact ? room : std::min(room, s.tile);
  const Shown before = shown_in(s.before, side, side, s.page.grain);
  const Shown after = shown_in(s.after, side, side, s.page.grain);
  const double width = 3 * before.bitmap.width() + 2 * panel_gap;
  sheet.scene.width = std::ceil(std::max(std::min(least_width, s.page.width), 2 * sheet.margin + width));
  const double top = std::round(add_heading(sheet, s, s.page, sheet.scene.width) + head);
  add_panels(sheet, panels_of(s, scale, before, after), scale,
             {std::floor((sheet.scene.width - width) / 2), top});
  double y = top + before.bitmap.height() + foot - 2;
  y = add_legend(sheet, legend_of(s, range_of(s.difference), before.factor), sheet.margin, y,
                 sheet.scene.width - 2 * sheet.margin);
  y = add_scores(sheet, s, y);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
