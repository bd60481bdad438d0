// Maps of a layer before and after something changed, and what the change is.
#pragma once

#include <string>
#include <vector>

#include "nv/render/maps.h"

namespace nv::render {

/// One channel on both sides; both maps of one size.
struct MapPair {
  Map before, after;
};

/// A row a channel: before, after, after - before. The first two share a scale, the differences one about 0.
struct ChangeSheet : Heading {
  std::vector<MapPair> pairs;  ///< those that differ most first
  int channels = 0;            ///< of the layer, so that the sheet can say "8 of 64"
  std::string before_name = "before", after_name = "after", difference_name = "after − before";
  Colormap map = Colormap::viridis;  ///< data with negative values takes blue_white_red
  double tile = 116;                 ///< px that a map fills at most, where one fits at all
  Theme theme = Theme::light();
  Page page;
};

/// Throws Error(usage) where sizes and numbers of values do not fit.
Scene draw(const ChangeSheet& sheet);

}  // namespace nv::render
