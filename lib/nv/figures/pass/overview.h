// The whole pass on one sheet: the input, the most active maps of each layer, the class scores.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/figures/pass/pass.h"
#include "nv/figures/pass/scores.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/picture.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// The layers of `kept` (by node) that the trace holds; layers that only reshape are left out.
render::Scene overview_sheet(const Pass& pass, const std::vector<bool>& kept, const Style& style = {},
                             const render::Page& page = {});

/// The card of a layer with what is folded into it. It shows either `maps` or `units`, whose values belong to
/// the caller.
struct OverviewCard {
  std::string name;               ///< path of the layer
  std::string kind;               ///< "Conv2D"
  std::string shape_text;         ///< "28 x 28 x 6"
  std::string note;               ///< "+ bn, relu"
  std::vector<render::Map> maps;  ///< the most active first; the card takes up to six
  std::span<const float> units;
  double lo = 0, hi = 0;  ///< range of all values of the layer: the card's scale
};

/// What an overview is drawn from.
struct Overview {
  std::string title;     ///< name of the model
  std::string subtitle;  ///< the input and its prediction
  render::Picture input;
  std::vector<OverviewCard> cards;  ///< in order of the graph
  std::optional<ScoreBars> scores;  ///< its heading, theme and page are not used
  render::Colormap map =
      render::Colormap::viridis;  ///< cards with lo < 0: theme.diverging, symmetric about 0
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// The size follows the number of cards; the sides are about 3 : 2, unless the page's width is exact.
render::Scene draw(const Overview& overview);

/// The `most` maps of largest mean magnitude, largest first, without frozen and dead ones.
std::vector<render::Map> most_active(std::span<const render::Map> maps, std::size_t most = 6);

}  // namespace nv::figures
