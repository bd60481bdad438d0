#include "nv/figures/pass/reliability_diagram.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/charts/axis.h"

namespace nv::figures {

namespace {

using render::PlotAxis;
using render::Rgb;
using render::Sheet;
using Bin = Calibration::Bin;

constexpr double widest_page = 560, least_height = 150, histogram_height = 64, between = 34;

/// Wilson's score interval of a share at 95 %.
std::pair<double, double> wilson(double share, std::int64_t count) {
  constexpr double z = 1.959964;
  const auto n = static_cast<double>(count);
  const double middle = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return {middle - half, middle + half};
}

struct Colours {
  Rgb accuracy, gap, whisker;
};

Colours colours_of(const render::Theme& theme) {
  return {render::mixed(theme.background, theme.accent, 0.7),
          render::mixed(theme.background, theme.second, 0.45), theme.ink};
}

void add_grid(Sheet& sheet, const PlotAxis& x, const PlotAxis& y, int ticks, bool percent) {
  const render::AxisTicks at = render::ticks_of(y, ticks);
  for (std::size_t i = 0; i < at.at.size(); ++i) {
    const double line = std::round(y.at(at.at[i])) + 0.5;
    sheet.scene.line({x.from, line}, {x.to, line}, sheet.hairline());
    sheet.put(x.from - 7, line + 4, percent ? fmt::format("{:g} %", at.at[i] * 100) : at.labels[i],
              render::small_size, sheet.theme.muted, render::Anchor::end);
  }
}

void add_baseline(Sheet& sheet, const PlotAxis& x, const PlotAxis& y) {
  sheet.scene.line({x.from, y.from + 0.5}, {x.to, y.from + 0.5}, {sheet.theme.ink, 1, 0});
}

/// `share`: of the width of the bin.
void fill_between(Sheet& sheet, const PlotAxis& x, const PlotAxis& y, const Bin& bin, double lo, double hi,
                  double share, Rgb colour) {
  const double width = (x.at(bin.hi) - x.at(bin.lo) - 2) * share, middle = (x.at(bin.lo) + x.at(bin.hi)) / 2;
  sheet.scene.fill(middle - width / 2, y.at(hi), width, y.at(lo) - y.at(hi), colour);
}

/// The gap is narrower than the bar, so that the accuracy shows on both sides of it.
void add_bin(Sheet& sheet, const PlotAxis& x, const PlotAxis& y, const Bin& bin, const Colours& colours) {
  fill_between(sheet, x, y, bin, 0, bin.accuracy, 1, colours.accuracy);
  fill_between(sheet, x, y, bin, std::min(bin.accuracy, bin.confidence),
               std::max(bin.accuracy, bin.confidence), 0.5, colours.gap);
}

void add_whisker(Sheet& sheet, const PlotAxis& x, const PlotAxis& y, const Bin& bin, const Colours& colours) {
  const auto [lo, hi] = wilson(bin.accuracy, bin.inputs);
  const double middle = std::round((x.at(bin.lo) + x.at(bin.hi)) / 2) + 0.5;
  const render::Stroke stroke{colours.whisker, 1, 0};
  sheet.scene.line({middle, y.at(lo)}, {middle, y.at(hi)}, stroke);
  for (const double end : {lo, hi})
    sheet.scene.line({middle - 3, std::round(y.at(end)) + 0.5}, {middle + 3, std::round(y.at(end)) + 0.5},
                     stroke);
}

void add_y_label(Sheet& sheet, const PlotAxis& y, const std::string& text) {
  sheet.scene.text({sheet.margin + render::small_size - 2, (y.from + y.to) / 2, text, render::small_size,
                    sheet.theme.muted, render::Anchor::middle, render::FontWeight::regular,
                    render::Turn::up});
}

void add_x_axis(Sheet& sheet, const PlotAxis& x, double y) {
  const render::AxisTicks ticks = render::ticks_of(x, 5);
  for (std::size_t i = 0; i < ticks.at.size(); ++i) {
    const double at = std::round(x.at(ticks.at[i])) + 0.5;
    sheet.scene.line({at, y}, {at, y + 4}, {sheet.theme.muted, 1, 0});
    sheet.put(at, y + 17, ticks.labels[i], render::small_size, sheet.theme.muted, render::Anchor::middle);
  }
}

/// Returns the y below.
double add_histogram(Sheet& sheet, const PlotAxis& x, double top, std::span<const Bin> bins,
                     std::int64_t inputs) {
  const auto share = [&](const Bin& bin) {
    return static_cast<double>(bin.inputs) / static_cast<double>(inputs);
  };
  PlotAxis y{0, 0, render::AxisScale::linear, top + histogram_height, top};
  for (const Bin& bin : bins) y.hi = std::max(y.hi, share(bin));
  add_grid(sheet, x, y, 2, true);
  for (const Bin& bin : bins)
    if (bin.inputs > 0) fill_between(sheet, x, y, bin, 0, share(bin), 1, sheet.theme.muted);
  add_baseline(sheet, x, y);
  add_y_label(sheet, y, "inputs");
  return y.from;
}

render::Heading heading_of(const Calibration& c, const std::string& model) {
  render::Heading heading;
  heading.title = "reliability diagram";
  heading.kind = counted(c.inputs(), "input");
  heading.shape_text =
      fmt::format("ECE {:.4f}  ·  NLL {:.4f}  ·  Brier score {:.4f}", c.ece(), c.nll(), c.brier());
  heading.source = model;
  heading.caption = fmt::format("accuracy {:.4f}  ·  mean confidence {:.4f}  ·  {} bins of equal width",
                                c.accuracy(), c.confidence(), Calibration::bin_count);
  return heading;
}

render::Legend legend_of(const Colours& colours) {
  using Mark = render::Legend::Mark;
  render::Legend legend;
  legend.entries = {{Mark::swatch, "accuracy", colours.accuracy},
                    {Mark::swatch, "gap to the mean confidence", colours.gap}};
  legend.add("line: 95 % interval of the accuracy");
  legend.add("dashes: perfect calibration");
  return legend;
}

}  // namespace

render::Scene reliability_diagram(const Calibration& calibration, const std::string& model,
                                  const Style& style, const render::Page& page) {
  if (calibration.inputs() == 0) throw_usage("reliability diagram: no inputs with a true class");
  const std::vector<Bin> bins = calibration.bins();
  Sheet sheet(style.theme, page);
  const double width = page.exact ? page.width : std::min(page.width, widest_page);
  sheet.scene.width = width;
  const double top = std::round(add_heading(sheet, heading_of(calibration, model), page, width));
  const double left =
      std::ceil(sheet.margin + render::small_size + 8 + sheet.font.width("100 %", render::small_size) + 8);
  const PlotAxis x{0, 1, render::AxisScale::linear, left, width - sheet.margin - 8};
  const double height = std::round(std::max(least_height, (x.to - x.from) * 0.75));
  const PlotAxis y{0, 1, render::AxisScale::linear, top + height, top};
  const Colours colours = colours_of(style.theme);
  add_grid(sheet, x, y, 5, false);
  for (const Bin& bin : bins)
    if (bin.inputs > 0) add_bin(sheet, x, y, bin, colours);
  sheet.scene.line({x.from, y.from}, {x.to, y.to}, {style.theme.ink, 1, 5});
  for (const Bin& bin : bins)
    if (bin.inputs > 0) add_whisker(sheet, x, y, bin, colours);
  add_baseline(sheet, x, y);
  add_y_label(sheet, y, "accuracy");
  double below = add_histogram(sheet, x, y.from + between, bins, calibration.inputs());
  add_x_axis(sheet, x, below);
  below += 34;
  sheet.put((x.from + x.to) / 2, below, "confidence: probability of the predicted class", render::small_size,
            style.theme.muted, render::Anchor::middle);
  below = add_legend(sheet, legend_of(colours), sheet.margin, below + 6, width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(below + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
