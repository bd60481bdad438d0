// Pictures of few pixels, drawn crisp at any size.
#pragma once

#include <string>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

struct PixelGrid {
  int width = 0, height = 0;
  std::vector<Rgb> pixels;  ///< row by row; empty if there is no picture
  std::string caption;

  /// Whether it has width * height pixels, at least one.
  bool whole() const;
};

/// A picture as cells.
struct Shown {
  Bitmap bitmap;   ///< at (0, 0), without a frame
  int factor = 1;  ///< each cell is the mean of factor x factor pixels
};

/// The picture as large as fits into `width` x `height` px, its cells whole multiples of `grain` px. An empty
/// bitmap unless the picture is whole.
Shown shown_in(const PixelGrid& picture, double width, double height, double grain);

}  // namespace nv::render
