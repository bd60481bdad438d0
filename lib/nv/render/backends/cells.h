// Bitmaps and gradients as pixels, for formats whose viewers scale pictures.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

struct Cells {
  int columns = 0, rows = 0;
  std::vector<Rgb> pixels;  ///< row by row
};

/// The cells of a bitmap as squares of up to `most` x `most` pixels: many viewers smooth what they enlarge,
/// which then affects only the edges of cells. Empty if the bitmap has fewer pixels than columns * rows.
Cells enlarged(const Bitmap& bitmap, std::size_t most = 8);

/// The bands of a gradient, one pixel each.
Cells bands(const Gradient& gradient);

/// The frame outside a bitmap's cells.
Rect frame_of(const Bitmap& bitmap);

}  // namespace nv::render
