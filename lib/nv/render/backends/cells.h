// Pictures for files that a viewer enlarges.
#pragma once

#include <span>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

struct Cells {
  int columns = 0, rows = 0;
  std::vector<Rgb> pixels;  ///< row by row
};

/// The cells of a bitmap, each as several pixels (up to eight a side): many viewers smooth what they enlarge,
/// and so it is the edges alone. Nothing where the bitmap has fewer pixels than its size says.
Cells enlarged(const Bitmap& bitmap);

/// The bands of a gradient, a pixel each.
Cells bands(const Gradient& gradient);

/// The frame outside a bitmap's cells.
Rect frame_of(const Bitmap& bitmap);

}  // namespace nv::render
