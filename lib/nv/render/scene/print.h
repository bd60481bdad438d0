// The size of a figure in print or on screen, and its composition for that size.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::render {

/// A length in print or on screen: "3.3in", "84mm", "8.4cm", "240pt", "1200px".
struct Length {
  double value = 0;
  bool pixels = false;  ///< `value` is in pixels of the device, else in inches
};

double inches(const Length& length, double dpi);

/// Throws Error(usage); `option` names the option in the message.
Length parse_length(std::string_view text, std::string_view option);

/// What a user can ask of a picture.
struct Print {
  std::optional<Length> width;  ///< honoured exactly; else as wide as the sheet needs
  std::optional<double> dpi;   ///< of PNG files and for px: 300 where the width is a length in print, else 96
  std::optional<Length> font;  ///< size of running text; else as `width` suggests
  double font_scale = 1;
  bool title = true;
  std::string caption;  ///< a text below the picture, wrapped

  double resolution() const { return dpi ? *dpi : width && !width->pixels ? 300 : 96; }
};

/// Composes the sheet for a page. It may be called twice, and must draw nothing wider than an exact page.
using Compose = std::function<Scene(const Page&)>;

/// A composed sheet.
struct Printed {
  Scene scene;
  double width = 0;  ///< on paper, px (1/96 inch)
  double grain = 1;  ///< px of the composition to a pixel of a PNG file
};

/// Composes for the page that `print` asks for. With a width and no size of text, a sheet that needs more
/// room is composed with smaller text (never below 4 points) rather than cut. Throws Error(usage) where
/// text of the size asked for leaves no room for a picture.
Printed printed(const Compose& compose, const Print& print);

}  // namespace nv::render
