// Single numbers (units): bars, or a matrix of cells and a list of the largest.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::render {

/// Up to 64 units are bars from 0; more are a matrix of cells where unit = row * columns + column.
struct UnitBars : Heading {
  std::span<const float> values;     ///< belong to the caller
  std::vector<std::string> labels;   ///< names, one per value; may be empty
  std::vector<int> frozen;           ///< units drawn crossed out
  Colormap map = Colormap::viridis;  ///< of the matrix; data with negative values takes theme.diverging
  std::string meaning = "activation";
  Theme theme = Theme::light();
  Page page;
};

Scene draw(const UnitBars& bars);

}  // namespace nv::render
