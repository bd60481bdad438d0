// A matrix of shares, as coloured cells with their numbers.
#pragma once

#include <string>
#include <vector>

#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::render {

/// rows x columns numbers from 0 to 1, each written in its cell.
struct HeatMap : Heading {
  std::vector<std::string> rows, columns;  ///< names, from the top and from the left
  std::vector<double> values;              ///< row by row; NaN if unknown
  std::vector<std::string> details;        ///< a second line per cell, "12/40"; empty for none
  std::string row_noun, column_noun;       ///< titles of the rows and columns: "made by", "tried on"
  std::string meaning = "share";           ///< title of the colour bar
  Colormap map = Colormap::viridis;
  Theme theme = Theme::light();
  Page page{720, true, 24};
};

/// Throws Error(usage) if there are no cells, or names and numbers do not agree.
Scene draw(const HeatMap& map);

}  // namespace nv::render
