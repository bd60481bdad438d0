// Maps of numbers (small heat maps) in a grid, with their numbers and a colour bar.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/render/scene/heading.h"
#include "nv/render/scene/scale.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::render {

/// One channel of a layer. `values` are rows x cols, row by row, and belong to the caller.
struct Map {
  int channel = 0;
  int rows = 0, cols = 0;
  std::span<const float> values;
  bool dead = false;    ///< every value is 0
  bool frozen = false;  ///< taken out by a mutation: its values are not shown
};

/// All maps of a layer. `maps` may be of different sizes, but one size looks best.
struct MapGrid : Heading {
  std::vector<Map> maps;
  std::string noun = "channel";  ///< what one of them is
  ScaleMode scale = ScaleMode::layer;
  Colormap map = Colormap::viridis;    ///< ScaleMode::symmetric draws blue_white_red whatever it says
  std::string meaning = "activation";  ///< what a colour stands for; with its unit where it has one
  Theme theme = Theme::light();
  Page page;
};

/// Channel-major data (channels x rows x cols) as one Map a channel, `dead` found, numbered from 0. The maps
/// look at `values`. Throws Error(usage) where the sizes do not fit.
std::vector<Map> maps_of(std::span<const float> values, int channels, int rows, int cols);

/// Throws Error(usage) if sizes and numbers of values do not agree.
Scene draw(const MapGrid& grid);

}  // namespace nv::render
