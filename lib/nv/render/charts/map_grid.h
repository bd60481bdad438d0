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

/// One channel. `values` are rows x cols, row by row, and belong to the caller.
struct Map {
  int channel = 0;
  int rows = 0, cols = 0;
  std::span<const float> values;
  bool dead = false;    ///< every value is 0
  bool frozen = false;  ///< drawn crossed out instead of its values
};

/// `maps` may be of different sizes.
struct MapGrid : Heading {
  std::vector<Map> maps;
  std::string noun = "channel";  ///< name of a map in the legend, singular
  std::string remark;            ///< first in the legend; may be empty
  ScaleMode scale = ScaleMode::shared;
  Colormap map = Colormap::viridis;    ///< not used by ScaleMode::symmetric: theme.diverging
  std::string meaning = "activation";  ///< title of the colour bar, with the unit if there is one
  Theme theme = Theme::light();
  Page page;
};

/// Channel-major data (channels x rows x cols) as one Map per channel, numbered from 0, with `dead` set. The
/// maps refer to `values`. Throws Error(usage) if the sizes do not agree.
std::vector<Map> maps_of(std::span<const float> values, int channels, int rows, int cols);

/// Throws Error(usage) if sizes and numbers of values do not agree.
Scene draw(const MapGrid& grid);

}  // namespace nv::render
