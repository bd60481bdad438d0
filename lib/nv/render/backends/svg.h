// A Scene as an SVG file.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "nv/render/backends/provenance.h"
#include "nv/render/scene/scene.h"

namespace nv::render {

/// SVG 1.1, `width` px (1/96 inch) wide, with the height in proportion. Text stays text; bitmaps are embedded
/// as PNG files. The bytes depend on the arguments only.
std::string encode_svg(const Scene& scene, double width, const Provenance& provenance = {});

/// A scene as an SVG element for a web page.
struct InlineSvg {
  std::string text;
  /// "ffffff-13161b": the element's var(--ffffff-13161b) is ffffff on a light page, 13161b on a dark one.
  std::set<std::string> colours;
};

/// `dark`: the same figure in the dark theme; null for none. If both differ in colours only, the element has
/// the colours of both, with bitmaps that differ in the classes "in-light" and "in-dark"; else it is `light`
/// on any page. `title`: what a screen reader says. Contains no ids, no addresses and no namespaces.
InlineSvg encode_inline_svg(const Scene& light, const Scene* dark, double width, std::string_view title);

}  // namespace nv::render
