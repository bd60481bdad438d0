#include "nv/render/charts/pixel_grid.h"

#include <algorithm>
#include <cmath>

#include "nv/render/charts/grid.h"
#include "nv/render/charts/shrink.h"

namespace nv::render {

bool PixelGrid::whole() const {
  return width > 0 && height > 0 &&
         pixels.size() == static_cast<std::size_t>(width) * static_cast<std::size_t>(height);
}

Shown shown_in(const PixelGrid& picture, double width, double height, double grain) {
  Shown shown;
  if (!picture.whole()) return shown;
  shown.factor = std::max(shrinking(picture.width, width, grain), shrinking(picture.height, height, grain));
  Bitmap& bitmap = shown.bitmap;
  std::vector<float> channel(picture.pixels.size());
  for (const auto part : {&Rgb::r, &Rgb::g, &Rgb::b}) {
    for (std::size_t i = 0; i < channel.size(); ++i) channel[i] = picture.pixels[i].*part;
    const Shrunk small = shrunk(channel, picture.height, picture.width, shown.factor, shown.factor);
    bitmap.columns = small.cols;
    bitmap.rows = small.rows;
    bitmap.pixels.resize(small.values.size());
    for (std::size_t i = 0; i < small.values.size(); ++i)
      bitmap.pixels[i].*part = static_cast<std::uint8_t>(std::lround(small.values[i]));
  }
  bitmap.cell_width = bitmap.cell_height =
      whole_cells(std::min(width / bitmap.columns, height / bitmap.rows), grain);
  return shown;
}

}  // namespace nv::render
