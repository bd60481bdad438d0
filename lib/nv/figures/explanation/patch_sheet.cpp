#include "nv/figures/explanation/patch_sheet.h"

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/scene/sheet.h"

namespace nv::figures {

using namespace render;

namespace {

constexpr double patch_gap = 16, least_side = 64, most_side = 128;

void check(const PatchSheet& s) {
  if (s.patches.empty()) throw_usage("{}: there are no patches to draw", s.title);
  for (const PatchSheet::Patch& p : s.patches)
    if (p.box.top < 0 || p.box.left < 0 || p.box.top + p.box.height > p.input.height ||
        p.box.left + p.box.width > p.input.width)
      throw_usage("{}: a patch is not inside its input of {} x {}", s.title, p.input.height, p.input.width);
}

/// Height of the highest input as drawn, so that the patches of a row begin at the same height.
double input_height(const PatchSheet& s, double side) {
  double height = 0;
  for (const PatchSheet::Patch& p : s.patches)
    height = std::max(height, shown_in(p.input, side, side, s.page.grain).bitmap.height());
  return height;
}

/// The input with the frame of the patch around it, at the top of a tile.
void add_input(Sheet& sheet, const PatchSheet& s, const PatchSheet::Patch& patch, Point at, double side) {
  Shown shown = shown_in(patch.input, side, side, s.page.grain);
  Bitmap& bitmap = shown.bitmap;
  bitmap.x = std::round(at.x + (side - bitmap.width()) / 2);
  bitmap.y = at.y;
  bitmap.frame = sheet.hairline();
  const double cell = bitmap.cell_width / shown.factor;
  const Rect frame{bitmap.x + static_cast<double>(patch.box.left) * cell,
                   bitmap.y + static_cast<double>(patch.box.top) * cell,
                   static_cast<double>(patch.box.width) * cell,
                   static_cast<double>(patch.box.height) * cell,
                   std::nullopt,
                   Stroke{Rgb{213, 94, 0}, 2, 0}};
  sheet.scene.add(std::move(bitmap));
  if (patch.box.height > 0) sheet.scene.add(frame);
}

/// `above`: height of the input's place.
void add_tile(Sheet& sheet, const PatchSheet& s, const PatchSheet::Patch& patch, Point at, double side,
              double above) {
  add_input(sheet, s, patch, at, side);
  const double y = at.y + above + 10;
  Shown shown = shown_in(cropped(patch.input, patch.box), side, side, s.page.grain);
  shown.bitmap.x = std::round(at.x + (side - shown.bitmap.width()) / 2);
  shown.bitmap.y = y + std::round((side - shown.bitmap.height()) / 2);
  shown.bitmap.frame = sheet.hairline();
  if (patch.box.height > 0) sheet.scene.add(std::move(shown.bitmap));
  const double middle = at.x + side / 2;
  sheet.put(middle, y + side + 16, patch.value, text_size, s.theme.ink, Anchor::middle);
  sheet.put(middle, y + side + 31, sheet.font.fitted(one_line(patch.name), small_size, side + patch_gap - 4),
            small_size, s.theme.muted, Anchor::middle);
}

}  // namespace

PixelGrid cropped(const PixelGrid& picture, const SeenPositions::Box& box) {
  PixelGrid part{static_cast<int>(box.width), static_cast<int>(box.height), {}, ""};
  for (std::int64_t r = box.top; r < box.top + box.height; ++r)
    for (std::int64_t c = box.left; c < box.left + box.width; ++c)
      part.pixels.push_back(picture.pixels[static_cast<std::size_t>(r * picture.width + c)]);
  return part;
}

Scene draw(const PatchSheet& s) {
  check(s);
  Sheet sheet(s.theme, s.page);
  const double room = s.page.width - 2 * sheet.margin;
  const auto count = static_cast<int>(s.patches.size());
  const int fit = std::max(1, static_cast<int>((room + patch_gap) / (least_side + patch_gap)));
  int columns = std::min({count, fit, count <= 6 ? count : (count + 1) / 2});
  if (count > 12) columns = std::min(fit, 8);
  const int rows = (count + columns - 1) / columns;
  columns = (count + rows - 1) / rows;
  const double side =
      std::clamp((room - (columns - 1) * patch_gap) / columns, 1.0, s.page.exact ? 1e4 : most_side);
  const double width = columns * side + (columns - 1) * patch_gap;
  sheet.scene.width = std::ceil(std::max(std::min(least_width, s.page.width), 2 * sheet.margin + width));
  const double left = std::floor((sheet.scene.width - width) / 2);
  double y = std::round(add_heading(sheet, s, s.page, sheet.scene.width) + 6);
  const double above = input_height(s, side), step = std::ceil(above + side + 10 + 44);
  for (int i = 0; i < count; ++i)
    add_tile(sheet, s, s.patches[static_cast<std::size_t>(i)],
             {left + i % columns * (side + patch_gap), y + i / columns * step}, side, above);
  y += rows * step;
  Legend legend;
  for (const std::string& remark : s.remarks) legend.add(remark);
  y = add_legend(sheet, legend, sheet.margin, y, sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin);
  return std::move(sheet.scene);
}

}  // namespace nv::figures
