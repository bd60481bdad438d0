// A Scene as pixels.
#pragma once

#include <cstdint>
#include <vector>

#include "nv/render/scene/font.h"
#include "nv/render/scene/scene.h"

namespace nv::render {

/// Opaque sRGB, row by row, three bytes per pixel.
struct Image {
  int width = 0, height = 0;
  std::vector<std::uint8_t> rgb;

  Rgb at(int x, int y) const {
    const std::size_t i =
        3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(width) + static_cast<std::size_t>(x));
    return {rgb[i], rgb[i + 1], rgb[i + 2]};
  }
};

/// Draws `scene` with `scale` device pixels per px (1 is 96 dpi; dpi / 96 for print). Throws Error(output)
/// for more than 2^28 pixels and Error(usage) for a scale that is not a positive number.
Image rasterise(const Scene& scene, double scale = 1);

/// The same; `font` caches its glyphs for further scenes.
Image rasterise(const Scene& scene, double scale, Font& font);

}  // namespace nv::render
