// The colours of a figure, light and dark, and its page.
#pragma once

#include <memory>
#include <string_view>

#include "nv/render/scene/colormap.h"

namespace nv::render {

class FontFallback;

/// Ink and muted have a contrast of at least 7 and 4.5 on background and on panel (WCAG 2).
struct Theme {
  Rgb background;
  Rgb panel;   ///< cards on the background
  Rgb ink;     ///< text
  Rgb muted;   ///< secondary text, axes
  Rgb frame;   ///< hairlines, grid lines
  Rgb accent;  ///< bars, the predicted class
  Rgb second;  ///< marks that must differ from accent: the true class, dead channels
  Rgb frozen;  ///< a frozen channel
  Rgb bad;     ///< cells whose value is not finite
  Colormap diverging = Colormap::blue_white_red;  ///< of signed data: the background's colour at 0

  static Theme light();
  static Theme dark();
};

/// "light" or "dark"; throws Error(usage).
Theme theme_named(std::string_view name);

/// A figure with little on it is narrower than `width`; one with large maps may be wider, unless `exact`.
struct Page {
  double width = 1000;  ///< px
  bool title = true;    ///< the heading: name, kind, shape, model
  double margin = 24;   ///< px around the figure
  double grain = 1;     ///< px per pixel of the device; cells of maps are whole multiples of it
  bool exact = false;   ///< the figure must not be wider: maps that are too large are drawn as means
  std::shared_ptr<FontFallback> fallback = {};  ///< for characters that the embedded font lacks
  double height = 0;  ///< px; a figure that would be higher chooses a more compact form; 0: any height
};

}  // namespace nv::render
