// A Scene as an SVG file.
#pragma once

#include <string>

#include "nv/render/backends/provenance.h"
#include "nv/render/scene/scene.h"

namespace nv::render {

/// SVG 1.1. `width` is the drawing's in px (1/96 inch), its height follows. Text stays text; pictures are
/// embedded as PNG files of one pixel a cell and drawn as crisp squares. The same scene gives the same bytes.
std::string encode_svg(const Scene& scene, double width, const Provenance& provenance = {});

}  // namespace nv::render
