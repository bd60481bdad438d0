// Maps of importance over the input that they explain.
#pragma once

#include <string>
#include <vector>

#include "nv/figures/pass/pass.h"
#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// One method's map, rows x columns of the sheet's input.
struct ExplanationPanel {
  std::string name;                ///< of the method
  std::vector<std::string> words;  ///< what the map says, in short lines
  std::vector<float> values;       ///< row by row
  bool may_be_negative = true;     ///< signed scale, white at 0; else from 0
  bool from_zero = true;           ///< an unsigned scale begins at 0, else at the least value
  double most = 0;                 ///< magnitude at the end of the scale; 0: the map's own
};

/// One panel: the input, the map laid over it, and the map with its colour bar. Several: the input, and each
/// map laid over it, on a scale of its own.
struct ExplanationSheet : render::Heading {
  render::PixelGrid input;  ///< what the model saw
  std::vector<ExplanationPanel> panels;
  int per_row = 0;  ///< panels of a row beside the input, if there is width; 0: as many as fit
  std::string meaning = "importance";  ///< title of the colour bar
  bool own_scales = true;              ///< the legend says that each map has its own scale
  std::vector<std::string> remarks;    ///< below the figure
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Throws Error(usage) if there is no panel, or a map is not of the input's size.
render::Scene draw(const ExplanationSheet& sheet);

/// The picture in grey with the map's colours over it, as strong as the map's magnitude; the input's pixels.
std::vector<render::Rgb> overlay(const render::PixelGrid& input, const ExplanationPanel& panel);

}  // namespace nv::figures
