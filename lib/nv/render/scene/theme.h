// The colours of a sheet, light and dark, and its size.
#pragma once

#include <string_view>

#include "nv/render/scene/colormap.h"

namespace nv::render {

/// Ink and muted have a contrast of at least 7 and 4.5 on background and on panel (WCAG 2).
struct Theme {
  Rgb background;
  Rgb panel;   ///< cards upon the background
  Rgb ink;     ///< text
  Rgb muted;   ///< secondary text, axes
  Rgb frame;   ///< hairlines, grid lines
  Rgb accent;  ///< bars, the winner
  Rgb second;  ///< what must differ from accent: the truth, dead channels
  Rgb frozen;  ///< the flat grey of a frozen channel
  Rgb bad;     ///< cells that are no finite number

  static Theme light();
  static Theme dark();
};

/// "light" or "dark"; throws Error(usage).
Theme theme_named(std::string_view name);

/// The paper under a sheet. A sheet with little on it is narrower than `width`; one whose maps need a pixel a
/// unit may be wider.
struct Page {
  double width = 1000;  ///< px
  bool title = true;    ///< the heading: name, kind, shape, model
  double margin = 24;   ///< px around the sheet
  double grain = 1;     ///< px; cells of maps are whole multiples of it: one pixel of the device
  bool exact = false;   ///< no sheet may be wider: maps too large are shown as means, and say so
};

}  // namespace nv::render
