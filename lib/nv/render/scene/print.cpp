#include "nv/render/scene/print.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/scene/sheet.h"

namespace nv::render {

namespace {

constexpr double screen = 96;                     // px per inch
constexpr double least_text = 5.0 / 72 * screen;  // px, of small text if the size is not given
constexpr double least_page = 160;                // px of the scene
const double natural_width = Page{}.width;

/// Heights in px on paper: `most` is a limit, a figure should not exceed `good`. 0: any height.
struct Heights {
  double most = 0, good = 0;
};

Heights heights_of(const Print& print) {
  constexpr double proportion = 1.5, share = 0.75;  // of the width, of the paper
  if (print.height) {
    const double height = inches(*print.height, print.resolution()) * screen;
    return {height, height};
  }
  if (!print.width || print.width->pixels) return {};
  return {paper_height * screen, std::min(share * paper_height, proportion * print.width->value) * screen};
}

/// The page for `scale` px on paper per px of the scene. An exact one is a whole number of pixels wide.
Page page_of(const Print& print, double width, double scale, bool exact) {
  Page page;
  page.width = width / scale;
  page.grain = screen / (print.resolution() * scale);
  if (exact) page.grain = page.width / std::max(1.0, std::round(page.width / page.grain));
  page.title = print.title;
  page.exact = exact;
  page.fallback = print.fallback;
  page.height = heights_of(print).good / scale;
  if (exact) page.margin = 10;  // the document has margins
  return page;
}

/// The scene in the middle of a page of `width`.
Scene centred(Scene scene, double width) {
  if (scene.width >= width) return scene;
  Scene page;
  page.width = width;
  page.height = scene.height;
  page.background = scene.background;
  page.fallback = scene.fallback;
  page.append(scene, std::floor((width - scene.width) / 2), 0);
  return page;
}

void add_caption(Scene& scene, const Print& print, const Page& page) {
  if (print.caption.empty()) return;
  Sheet sheet(luminance(scene.background) > 0.5 ? Theme::light() : Theme::dark(), page);
  double y = scene.height - page.margin / 2;
  for (const std::string& line :
       wrapped(sheet.font, one_line(print.caption), text_size, scene.width - 2 * page.margin)) {
    y += 18;
    sheet.put(page.margin, y, line, text_size, sheet.theme.ink);
  }
  scene.append(sheet.scene, 0, 0);
  scene.height = std::ceil(y + page.margin);
}

/// Adds page and caption, and the size on paper.
Printed finished(Scene scene, const Print& print, const Page& page, double scale) {
  if (print.width) scene = centred(std::move(scene), page.width);
  add_caption(scene, print, page);
  double width = scene.width * scale;
  if (print.width)  // a figure that needs more than the page is reduced as a whole
    width = std::min(width, inches(*print.width, print.resolution()) * screen);
  return {std::move(scene), width, page.grain};
}

}  // namespace

double inches(const Length& length, double dpi) {
  return length.pixels ? length.value / dpi : length.value;
}

Length parse_length(std::string_view text, std::string_view option) {
  const std::string all(trim(text));
  std::size_t used = 0;
  double value = 0;
  try {
    value = std::stod(all, &used);
  } catch (const std::exception&) {
    used = 0;
  }
  const std::string unit(trim(std::string_view(all).substr(used)));
  constexpr std::pair<std::string_view, double> units[] = {
      {"in", 1}, {"mm", 1 / 25.4}, {"cm", 1 / 2.54}, {"pt", 1 / 72.0}, {"px", 0}};
  if (used > 0 && value > 0 && value < 1e5)
    for (const auto& [name, inch] : units)
      if (unit == name) return inch > 0 ? Length{value * inch, false, all} : Length{value, true, all};
  throw Error(ErrorKind::usage,
              fmt::format("{}: expected a length with its unit, got '{}'", option, one_line(text)),
              "3.3in, 84mm, 8.4cm, 240pt, 1200px");
}

namespace {

/// Composes without a given width, reduced as a whole to the height.
Printed printed_free(const Compose& compose, const Print& print, double scale) {
  constexpr double step = 0.9;
  constexpr int attempts = 16;
  const double most = heights_of(print).most;
  for (int attempt = 0;; ++attempt) {
    const Page page = page_of(print, natural_width, scale, false);
    Printed result = finished(compose(page), print, page, scale);
    const double height = result.scene.height * scale;
    if (most == 0 || height <= most || attempt == attempts) return result;
    // The first step would do, but for cells of maps, which are whole pixels.
    scale *= attempt == 0 ? most / height * 0.999 : step;
  }
}

/// Composes for the exact width; with smaller text, down to the scale `least`, if that makes it fit.
Printed printed_exact(const Compose& compose, const Print& print, double width, double scale, double least) {
  constexpr double step = 0.9;
  const double most = heights_of(print).most;
  std::optional<Printed> first;
  for (;; scale = std::max(least, scale * step)) {
    const Page page = page_of(print, width, scale, true);
    Printed result = finished(compose(page), print, page, scale);
    const double height = result.scene.height * scale;
    if (most == 0 || height <= most) return result;
    if (!first) first = std::move(result);
    if (scale > least) continue;
    if (!print.height) return std::move(*first);  // too much for a page: rather legible
    throw Error(ErrorKind::usage,
                fmt::format("--height: the figure needs {:.0f} mm at this width", height / screen * 25.4),
                "choose a larger --height or --width, or a smaller --font-size");
  }
}

}  // namespace

Printed printed(const Compose& compose, const Print& print) {
  const double dpi = print.resolution();
  const double font = print.font ? inches(*print.font, dpi) * screen / text_size : 1;
  if (!print.width) return printed_free(compose, print, font * print.font_scale);
  const double width = inches(*print.width, dpi) * screen;
  // If no size of text is given: as on a screen, or smaller on a narrow page.
  double scale = (print.font ? font : std::min(1.0, width / least_width)) * print.font_scale;
  if (width / scale < least_page)
    throw Error(
        ErrorKind::usage,
        fmt::format("--width {}: leaves no room beside text of {:.2g} points",
                    print.width->text.empty() ? fmt::format("{:.3g}in", width / screen) : print.width->text,
                    text_size * scale / screen * 72),
        "choose a smaller --font-size");
  if (print.font) return printed_exact(compose, print, width, scale, scale);
  const double least = std::min(scale, least_text / small_size * print.font_scale);
  const Scene free = compose(page_of(print, width, scale, false));
  if (free.width > width / scale) scale = std::max(width / free.width, least);
  return printed_exact(compose, print, width, scale, least);
}

}  // namespace nv::render
