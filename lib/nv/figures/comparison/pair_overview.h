// Two passes on one sheet: the input, layers and the output of A, of B, and the difference.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/figures/comparison/layer_change.h"
#include "nv/figures/comparison/pass_pair.h"
#include "nv/figures/picture_change.h"
#include "nv/figures/style.h"
#include "nv/render/charts/bar_chart.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// Up to ten of the layers in `layers` with what is folded into them (six on a narrow exact page): all, or
/// the last of each size, frozen ones and the first divergent one. Of each, the two channels that differ
/// most, or the first two of those that the style chooses, if the layer has them.
render::Scene pair_overview(const PassPair& pair, const std::vector<LayerDifference>& layers,
                            const Style& style = {}, const render::Page& page = {});

/// The card of a layer. It shows a picture, maps or units, whose values belong to the caller.
struct PairCard {
  std::string name;                      ///< path of the layer
  std::string kind;                      ///< "Conv2D + bn, relu"
  std::string shape_text;                ///< "28 x 28 x 6"
  std::string measure;                   ///< "relative L2 0.563"
  std::optional<PictureChange> picture;  ///< a single one if there is no difference
  std::vector<MapPair> maps;             ///< the largest difference first; the card takes up to two
  bool most_active = false;              ///< instead, since there is no difference
  std::span<const float> before, after;  ///< units of a vector
};

/// What the figure is drawn from.
struct PairOverview : render::Heading {
  std::string before_name = "A", after_name = "B", difference_name = "B − A";
  std::vector<PairCard> cards;             ///< in order of execution
  bool chosen = false;                     ///< the user chose channels
  std::string left_out;                    ///< "10 of 152 layers: ...", "" if all are shown
  std::optional<render::BarChart> scores;  ///< its heading, theme and page are not used
  render::Colormap map = render::Colormap::viridis;
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// The size follows the number of cards; the sides are about 3 : 2, unless the page's width is exact.
render::Scene draw(const PairOverview& overview);

}  // namespace nv::figures
