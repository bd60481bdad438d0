// Pictures as a net is given them, drawn crisp at any size.
#pragma once

#include <string>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

/// A picture that the net was given, or one that was made for it.
struct Picture {
  int width = 0, height = 0;
  std::vector<Rgb> pixels;  ///< row by row; empty where there is no picture
  std::string caption;

  /// Whether it has all its pixels.
  bool whole() const;
};

/// A picture as cells.
struct Shown {
  Bitmap bitmap;   ///< at (0, 0), without a frame
  int factor = 1;  ///< 1 : factor = means over factor x factor pixels, where there is no room for all
};

/// The picture as large as fits into `width` x `height` px, its cells whole multiples of `grain` px. An empty
/// bitmap where the picture has not all its pixels.
Shown shown_in(const Picture& picture, double width, double height, double grain);

}  // namespace nv::render
