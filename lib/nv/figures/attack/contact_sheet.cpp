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

constexpr double gap_x = 10, gap_y = 10, caption_line = 16;

/// Places of one size in rows.
struct ContactPlaces {
  double width = 0, height = 0;  ///< px, of the largest picture
  int columns = 1, rows = 1;

  double step_x() const { return width + gap_x; }
  double step_y(bool captions) const { return height + (captions ? caption_line : 0) + gap_y; }
};

/// As many columns as fit on the page, or more for sides of about 3 to 2 unless the page is exact.
ContactPlaces places_of(const ContactSheet& sheet, const std::vector<Shown>& pictures, double room,
                        bool captions) {
  ContactPlaces p;
  for (const Shown& s : pictures) {
    p.width = std::max(p.width, s.bitmap.width());
    p.height = std::max(p.height, s.bitmap.height());
  }
  const int count = static_cast<int>(pictures.size());
  const int fit = static_cast<int>((room + gap_x) / p.step_x());
  const int even = static_cast<int>(std::sqrt(1.5 * count * p.step_y(captions) / p.step_x()));
  p.columns = std::clamp(sheet.page.exact ? fit : std::max(fit, even), 1, count);
  p.rows = (count + p.columns - 1) / p.columns;
  return p;
}

}  // namespace

Scene draw(const ContactSheet& contact) {
  if (contact.pictures.empty()) throw_usage("{}: no pictures to draw", contact.title);
  Sheet sheet(contact.theme, contact.page);
  const double room = std::max(contact.page.grain, contact.page.width - 2 * sheet.margin);
  const double side = std::min(contact.tile, room);
  std::vector<Shown> shown;
  int factor = 1;
  bool captions = false;
  for (const render::Picture& p : contact.pictures) {
    shown.push_back(shown_in(p, side, side, contact.page.grain));
    factor = std::max(factor, shown.back().factor);
    captions = captions || !p.caption.empty();
  }
  const ContactPlaces places = places_of(contact, shown, room, captions);
  const double width = places.columns * places.step_x() - gap_x;
  sheet.scene.width =
      std::ceil(std::max(std::min(least_width, contact.page.width), width + 2 * sheet.margin));
  const double top = add_heading(sheet, contact, contact.page, sheet.scene.width);
  for (std::size_t i = 0; i < shown.size(); ++i) {
    const int row = static_cast<int>(i) / places.columns, column = static_cast<int>(i) % places.columns;
    const double x = sheet.margin + column * places.step_x(), y = top + row * places.step_y(captions);
    Bitmap& bitmap = shown[i].bitmap;
    bitmap.x = std::floor(x + (places.width - bitmap.width()) / 2);
    bitmap.y = std::floor(y + (places.height - bitmap.height()) / 2);
    bitmap.frame = sheet.hairline();
    if (!bitmap.pixels.empty()) sheet.scene.add(std::move(bitmap));
    const std::string caption = one_line(contact.pictures[i].caption);
    if (caption.empty()) continue;
    sheet.put(x + places.width / 2, y + places.height + 13,
              sheet.font.fitted(caption, small_size, places.width + gap_x - 4), small_size, contact.theme.ink,
              Anchor::middle);
  }
  Legend legend;
  if (factor > 1) legend.add(fmt::format("large pictures: means over up to {0} × {0} pixels", factor));
  const double below = top + places.rows * places.step_y(captions) - gap_y;
  const double y = add_legend(sheet, legend, sheet.margin, below + 6, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
