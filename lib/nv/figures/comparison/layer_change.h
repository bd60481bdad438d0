// The output of one layer in two passes, and the difference.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "nv/figures/comparison/pass_pair.h"
#include "nv/figures/style.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// The `top` channels of a layer that differ most, or those that the style chooses, as large as fits: maps of
/// A, of B, and B - A. An input that is a picture is shown as one, unless the style chooses channels. Of a
/// vector, the 2 * top units that differ most as pairs of bars. `layer` is a result
/// of compare_passes with the same pair. Throws Error(usage) for a channel that the layer does not have.
render::Scene layer_change(const PassPair& pair, const LayerDifference& layer, std::size_t top,
                           const Style& style = {}, const render::Page& page = {});

/// Maps of one channel on both sides, of one size.
struct MapPair {
  render::Map before, after;
};

/// What a figure of maps is drawn from. One row per channel: before, after, after - before. The first two
/// have one colour scale, the differences another, symmetric about 0.
struct ChangeSheet : render::Heading {
  std::vector<MapPair> pairs;  ///< the channels that differ most first
  int channels = 0;            ///< number of channels of the layer
  bool chosen = false;         ///< the user chose the channels and their order
  std::string before_name = "before", after_name = "after", difference_name = "after − before";
  render::Colormap map = render::Colormap::viridis;  ///< data with negative values takes theme.diverging
  double tile = 116;                                 ///< largest width of a map in px, if it fits at all
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Throws Error(usage) if sizes and numbers of values do not agree.
render::Scene draw(const ChangeSheet& sheet);

}  // namespace nv::figures
