#include "nv/render/charts/sequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"
#include "nv/render/scene/sheet.h"

namespace nv::render {

namespace {

constexpr double axis_room = 20;

std::span<const float> channel_of(const SequenceSheet& sheet, int channel) {
  const auto length = static_cast<std::size_t>(sheet.length);
  return sheet.values.subspan(static_cast<std::size_t>(channel) * length, length);
}

bool frozen(const SequenceSheet& sheet, int channel) {
  return std::find(sheet.frozen.begin(), sheet.frozen.end(), channel) != sheet.frozen.end();
}

Range shown_range(const SequenceSheet& sheet) {
  Range range;
  for (int c = 0; c < sheet.channels; ++c)
    if (!frozen(sheet, c)) range = joined(range, range_of(channel_of(sheet, c)));
  return range;
}

ValueScale scale_of(const SequenceSheet& sheet, const Range& range) {
  return sheet.scale == ScaleMode::symmetric ? symmetric_scale(range, sheet.theme.diverging)
                                             : sequential_scale(range, sheet.map);
}

/// Cells of whole pixels, as wide as fits, with sides of at most 1 to 3. On an exact page a cell may be the
/// mean of several steps.
Bitmap cells_for(const SequenceSheet& sheet, double width, double height) {
  Bitmap bitmap;
  const double grain = sheet.page.grain;
  const int steps = sheet.page.exact ? shrinking(sheet.length, width, grain) : 1;
  bitmap.columns = (sheet.length + steps - 1) / steps;
  bitmap.rows = sheet.channels;
  const double wide = whole_cells(std::min(48.0, width / bitmap.columns), grain);
  const double high = whole_cells(std::min(32.0, height / sheet.channels), grain);
  bitmap.cell_width = std::min(wide, 3 * high);
  bitmap.cell_height = std::min(high, 3 * wide);
  return bitmap;
}

int steps_of(const SequenceSheet& sheet, const Bitmap& bitmap) {
  return (sheet.length + bitmap.columns - 1) / bitmap.columns;
}

void paint_rows(const SequenceSheet& sheet, const Range& range, Bitmap& bitmap) {
  const auto columns = static_cast<std::size_t>(bitmap.columns);
  bitmap.pixels.assign(columns * static_cast<std::size_t>(sheet.channels), sheet.theme.frozen);
  for (int c = 0; c < sheet.channels; ++c) {
    if (frozen(sheet, c)) continue;
    const std::span<const float> own = channel_of(sheet, c);
    const ValueScale scale = scale_of(sheet, sheet.scale == ScaleMode::separate ? range_of(own) : range);
    const Shrunk cells = shrunk(own, 1, sheet.length, 1, steps_of(sheet, bitmap));
    paint(cells.values, scale, sheet.theme.bad,
          std::span<Rgb>(bitmap.pixels).subspan(static_cast<std::size_t>(c) * columns, columns));
  }
}

Legend legend_of(const SequenceSheet& sheet, const Range& range, int steps) {
  Legend legend;
  legend.add(fmt::format("rows: {} channels  ·  columns: {} steps  ·  {}", sheet.channels, sheet.length,
                         range_text(range)));
  if (steps > 1) legend.add(fmt::format("1 : {} = means over {} steps", steps, steps));
  if (sheet.scale == ScaleMode::separate)
    legend.add("each channel has a scale of its own: do not compare colours between rows");
  if (!sheet.frozen.empty())
    legend.entries.push_back({Legend::Mark::frozen, fmt::format("frozen: {}", listed(sheet.frozen))});
  if (range.not_finite > 0)
    legend.entries.push_back(
        {Legend::Mark::bad, fmt::format("not finite: {} cells", thousands(range.not_finite))});
  return legend;
}

}  // namespace

Scene draw(const SequenceSheet& data) {
  if (data.length < 1 || data.channels < 1 ||
      data.values.size() != static_cast<std::size_t>(data.length) * static_cast<std::size_t>(data.channels))
    throw_usage("{}: {} values are not {} channels of {} steps", data.title, data.values.size(),
                data.channels, data.length);
  Sheet sheet(data.theme, data.page);
  const Range range = shown_range(data);
  const ColourBar bar{scale_of(data, range), data.meaning, data.scale == ScaleMode::separate,
                      range.finite == 0};
  const double bar_room = colour_bar_gap + colour_bar_width(sheet, bar);
  Axes axes{0, 0, data.length, data.channels, 1, 1, 0, 1};
  const double left = sheet.margin + axis_room + index_width(sheet, axes);
  Bitmap bitmap = cells_for(data, data.page.width - left - bar_room - sheet.margin, data.page.width * 0.5);
  sheet.scene.width = std::ceil(
      std::max(std::min(least_width, data.page.width), left + bitmap.width() + bar_room + sheet.margin));
  const double top = add_heading(sheet, data, data.page, sheet.scene.width) + axis_room + index_height;
  axes.x = bitmap.x = left;
  axes.y = bitmap.y = top;
  const int steps = steps_of(data, bitmap);
  axes.column_step = bitmap.cell_width / steps;
  axes.row_step = bitmap.cell_height;
  add_indices(sheet, axes);
  sheet.put(left + bitmap.width() / 2, top - index_height - 6, "step", small_size, data.theme.muted,
            Anchor::middle);
  sheet.scene.text({sheet.margin + small_size - 2, top + bitmap.height() / 2, "channel", small_size,
                    data.theme.muted, Anchor::middle, FontWeight::regular, Turn::up});
  paint_rows(data, range, bitmap);
  bitmap.frame = sheet.hairline();
  const double height = std::max(60.0, std::min(bitmap.height(), 640.0));
  add_colour_bar(sheet, bar, left + bitmap.width() + colour_bar_gap, top - 1, height + 2);
  const double bottom = top + std::max(bitmap.height(), height);
  sheet.scene.add(std::move(bitmap));
  const double y = add_legend(sheet, legend_of(data, range, steps), sheet.margin, bottom + 6,
                              sheet.scene.width - 2 * sheet.margin);
  sheet.scene.height = std::ceil(y + sheet.margin - 6);
  return std::move(sheet.scene);
}

}  // namespace nv::render
