// A matrix of shares: which attacks fool which models.
#pragma once

#include <string>
#include <vector>

#include "nv/render/charts/map_grid.h"

namespace nv::render {

/// rows x columns numbers from 0 to 1, each written in its cell.
struct HeatMap : Heading {
  std::vector<std::string> rows, columns;  ///< names, from the top and from the left
  std::vector<double> values;              ///< row by row; NaN where there is nothing to say
  std::string row_noun, column_noun;       ///< what they are: "made for", "tried on"
  std::string meaning = "share";           ///< what a colour stands for
  Colormap map = Colormap::viridis;
  Theme theme = Theme::light();
  Page page{720, true, 24};
};

/// Throws Error(usage) where there is nothing to draw, or names and numbers do not fit each other.
Scene draw(const HeatMap& map);

}  // namespace nv::render
