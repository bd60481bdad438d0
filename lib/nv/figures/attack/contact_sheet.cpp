#include "nv/figures/attack/contact_sheet.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double gap_x = 10, gap_y = 10, line_height = 14, longest_line = 140, longest_change = 100;

/// A line below a picture.
struct Line {
  std::string text;
  bool muted = false;
};
using Lines = std::vector<Line>;

/// Places of one size in rows.
struct ContactPlaces {
  double width = 0, height = 0;  ///< px; height of the pictures only
  double text = 0;               ///< height of the lines below them
  int columns = 1, rows = 1;

  double step_x() const { return width + gap_x; }
  double step_y() const { return height + text + gap_y; }
};

std::string change_text(const ContactSheet::Sample& s) {
  if (s.before.empty() && s.after.empty()) return "";
  return fmt::format("{} → {}", one_line(s.before), one_line(s.after));
}

/// The same number of lines for each sample. `width`: of the widest picture.
std::vector<Lines> lines_of(const Sheet& sheet, const ContactSheet& contact, double width) {
  bool level = true, any = false, one_method = true;
  for (const ContactSheet::Sample& s : contact.samples) {
    const std::string text = change_text(s);
    any = any || !text.empty();
    level = level && sheet.font.width(text, small_size) <= std::max(width + gap_x - 4, longest_change);
    one_method = one_method && s.method == contact.samples[0].method;
  }
  std::vector<Lines> lines;
  for (const ContactSheet::Sample& s : contact.samples) {
    Lines& own = lines.emplace_back();
    if (any && level) own.push_back({change_text(s)});
    if (any && !level) own.insert(own.end(), {{one_line(s.before)}, {"→ " + one_line(s.after)}});
    if (!one_method) own.push_back({one_line(s.method), true});
  }
  return lines;
}

/// The number of columns, from `least` to `most`, that leaves the fewest places empty in the last row, and no
/// more than its rows need.
int even_columns(int count, int least, int most) {
  int best = 0, fewest = count + 1;
  for (int columns = most; columns >= std::max(1, least); --columns) {
    const int rows = (count + columns - 1) / columns, empty = rows * columns - count;
    if (empty < fewest) {
      best = (count + rows - 1) / rows;
      fewest = best * rows - count;
    }
  }
  return best;
}

/// As many columns as fit on the page, or more for sides of about 3 to 2; unless the page is exact, fewer if
/// that makes the rows more equal.
ContactPlaces places_of(const Sheet& sheet, const ContactSheet& contact, const std::vector<Shown>& pictures,
                        double room, std::vector<Lines>& lines) {
  ContactPlaces p;
  for (const Shown& s : pictures) {
    p.width = std::max(p.width, s.bitmap.width());
    p.height = std::max(p.height, s.bitmap.height());
  }
  lines = lines_of(sheet, contact, p.width);
  double longest = 0;
  for (const Lines& own : lines)
    for (const Line& line : own) longest = std::max(longest, sheet.font.width(line.text, small_size));
  p.width = std::max(p.width, std::ceil(std::min({longest + 4 - gap_x, longest_line, room})));
  p.text = lines[0].empty() ? 0 : 2 + line_height * static_cast<double>(lines[0].size());
  const int count = static_cast<int>(pictures.size());
  const int fit = static_cast<int>((room + gap_x) / p.step_x());
  const int even = static_cast<int>(std::sqrt(1.5 * count * p.step_y() / p.step_x()));
  p.columns = std::clamp(contact.page.exact ? fit : std::max(fit, even), 1, count);
  p.columns = contact.page.exact ? even_columns(count, p.columns, p.columns)
                                 : even_columns(count, p.columns * 3 / 4, p.columns);
  p.rows = (count + p.columns - 1) / p.columns;
  return p;
}

}  // namespace

Scene draw(const ContactSheet& contact) {
  if (contact.samples.empty()) throw_usage("{}: no pictures to draw", contact.title);
  Sheet sheet(contact.theme, contact.page);
  const double room = std::max(contact.page.grain, contact.page.width - 2 * sheet.margin);
  const double side = std::min(contact.tile, room);
  std::vector<Shown> shown;
  int factor = 1;
  for (const ContactSheet::Sample& s : contact.samples) {
    shown.push_back(shown_in(s.picture, side, side, contact.page.grain));
    factor = std::max(factor, shown.back().factor);
  }
  std::vector<Lines> lines;
  const ContactPlaces places = places_of(sheet, contact, shown, room, lines);
  const double width = places.columns * places.step_x() - gap_x;
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, contact.page.width), width + 2 * sheet.margin));
  const double top = add_heading(sheet, contact, contact.page, sheet.scene.width);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const int row = static_cast<int>(i) / places.columns, column = static_cast<int>(i) % places.columns;
    const double x = sheet.margin + column * places.step_x(), y = top + row * places.step_y();
    Bitmap& bitmap = shown[i].bitmap;
    bitmap.x = std::floor(x + (places.width - bitmap.width()) / 2);
    bitmap.y = std::floor(y + (places.height - bitmap.height()) / 2);
    bitmap.frame = sheet.hairline();
    if (!bitmap.pixels.empty()) sheet.scene.add(std::move(bitmap));
    double baseline = y + places.height;
    for (const Line& line : lines[i])
      sheet.put(x + places.width / 2, baseline += line_height,
                sheet.font.fitted(line.text, small_size, places.width + gap_x - 4), small_size,
                line.muted ? contact.theme.muted : contact.theme.ink, Anchor::middle);
  }
  Legend legend;
  if (factor > 1) legend.add(fmt::format("large pictures: means over up to {0} × {0} pixels", factor));
  const double below = top + places.rows * places.step_y() - gap_y;
  const double y = add_legend(sheet, legend, sheet.margin, below + 6, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
