// The sheet of a layer whose outputs are single units: bars, or a matrix of cells with the largest listed.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/render/charts/map_grid.h"

namespace nv::render {

/// Up to 64 units are bars from 0; more are a matrix of cells where unit = row * columns + column.
struct UnitBars : Heading {
  std::span<const float> values;     ///< belong to the caller
  std::vector<std::string> labels;   ///< class names; empty, or as many as values
  std::vector<int> frozen;           ///< units taken out
  Colormap map = Colormap::viridis;  ///< of the matrix; data with negative values takes blue_white_red
  std::string meaning = "activation";
  Theme theme = Theme::light();
  Page page;
};

Scene draw(const UnitBars& bars);

}  // namespace nv::render
