// The sheet of one layer whose outputs are maps, and of one whose outputs are sequences.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "nv/render/scale.h"
#include "nv/render/scene.h"
#include "nv/render/theme.h"

namespace nv::render {

/// One channel of a layer. `values` are rows x cols, row by row, and belong to the caller.
struct Map {
  int channel = 0;
  int rows = 0, cols = 0;
  std::span<const float> values;
  bool dead = false;    ///< every value is 0
  bool frozen = false;  ///< taken out by a mutation: its values are not shown
};

/// What every sheet of a layer says in its heading.
struct Heading {
  std::string title;       ///< the layer's path
  std::string kind;        ///< "Conv2D"
  std::string shape_text;  ///< "28 x 28 x 6"
  std::string model;       ///< the model's name
  std::string caption;     ///< the input and what the net said
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

/// Sequences, `length` steps of `channels` numbers: a heat map, a row a channel. `values` belong to the
/// caller: channels x length, row by row.
struct SequenceSheet : Heading {
  int length = 0, channels = 0;
  std::span<const float> values;
  std::vector<int> frozen;  ///< channels taken out
  ScaleMode scale = ScaleMode::layer;
  Colormap map = Colormap::viridis;
  std::string meaning = "activation";
  Theme theme = Theme::light();
  Page page;
};

/// Channel-major data (channels x rows x cols) as one Map a channel, `dead` found, numbered from 0. The maps
/// look at `values`. Throws Error(usage) where the sizes do not fit.
std::vector<Map> maps_of(std::span<const float> values, int channels, int rows, int cols);

/// Both throw Error(usage) where sizes and numbers of values do not fit.
Scene draw(const MapGrid& grid);
Scene draw(const SequenceSheet& sheet);

}  // namespace nv::render
