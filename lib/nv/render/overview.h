// The whole pass on one sheet: the input, each layer's most active maps, the class scores.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/render/maps.h"
#include "nv/render/picture.h"
#include "nv/render/scores.h"

namespace nv::render {

/// One card: a layer with what was folded into it. Either `maps` or `units`, both the caller's numbers.
struct Block {
  std::string name;        ///< the layer's path
  std::string kind;        ///< "Conv2D"
  std::string shape_text;  ///< "28 x 28 x 6"
  std::string note;        ///< "+ bn, relu"
  std::vector<Map> maps;   ///< the most active first; the card takes up to six
  int channels = 0;        ///< of the layer, so that the card can say "6 of 64"
  std::span<const float> units;
  double lo = 0, hi = 0;  ///< range of the whole layer: the card's scale
};

struct Overview {
  std::string title;     ///< the model's name
  std::string subtitle;  ///< the input, what the net said
  Picture input;
  std::vector<Block> blocks;         ///< in order of the graph
  std::optional<ScoreBars> scores;   ///< its heading, theme and page are not used
  Colormap map = Colormap::viridis;  ///< blocks with lo < 0 take blue_white_red, symmetric about 0
  Theme theme = Theme::light();
  Page page;
};

/// The page's size follows the number of blocks; its sides are about 3 : 2, unless its width is exact.
Scene draw(const Overview& overview);

/// The `most` maps of largest mean magnitude, largest first, frozen and dead ones left out; for Block::maps.
std::vector<Map> most_active(std::span<const Map> maps, std::size_t most = 6);

}  // namespace nv::render
