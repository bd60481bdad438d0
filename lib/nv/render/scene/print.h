// The size of a figure in print or on screen, and its composition for that size.
#pragma once

#include <functional>
#include <memory>
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
  std::string text;     ///< as the user wrote it, for messages
};

double inches(const Length& length, double dpi);

/// Throws Error(usage); `option` names the option in the message.
Length parse_length(std::string_view text, std::string_view option);

/// Size of a figure as a user chooses it.
struct Print {
  std::optional<Length> width;  ///< exact; default: as wide as the figure needs
  /// At most; default: any height, or what fits on A4 paper (`paper_height`) if the width is a length in
  /// print.
  std::optional<Length> height;
  std::optional<double>
      dpi;  ///< of PNG files and for px; default: 300 if the width is a length in print, else 96
  std::optional<Length> font;  ///< size of running text; default: by `width`
  double font_scale = 1;
  bool title = true;
  std::string caption;                     ///< text below the figure, wrapped
  std::shared_ptr<FontFallback> fallback;  ///< for characters that the embedded font lacks; empty: boxes

  double resolution() const { return dpi ? *dpi : width && !width->pixels ? 300 : 96; }
};

/// Composes a figure for a page. May be called twice; the scene must not be wider than an exact page.
using Compose = std::function<Scene(const Page&)>;

/// A composed figure.
struct Printed {
  Scene scene;
  double width = 0;  ///< on paper, px (1/96 inch)
  double grain = 1;  ///< px of the scene per pixel of a PNG file
};

/// Height of a figure on A4 paper, with room for margins and a caption.
constexpr double paper_height = 240 / 25.4;  // inches

/// Composes for the page that `print` describes. With a width but no size of text, a figure that needs more
/// room is composed with smaller text, not below 5 points, the least of most journals; without a width, a
/// figure that is too high is reduced. Throws Error(usage) if text of the chosen size leaves no room for a
/// picture, or the figure does not fit the chosen height.
Printed printed(const Compose& compose, const Print& print);

}  // namespace nv::render
