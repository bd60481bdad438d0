// A Scene as an SVG file.
#pragma once

#include <string>

#include "nv/render/backends/provenance.h"
#include "nv/render/scene/scene.h"

namespace nv::render {

/// SVG 1.1, `width` px (1/96 inch) wide, with the height in proportion. Text stays text; bitmaps are embedded
/// as PNG files. The bytes depend on the arguments only.
std::string encode_svg(const Scene& scene, double width, const Provenance& provenance = {});

}  // namespace nv::render
