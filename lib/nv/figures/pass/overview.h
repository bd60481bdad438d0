// The whole pass on one sheet: the inputs, the most active maps of the layers, the class scores.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nv/figures/pass/pass.h"
#include "nv/figures/pass/scores.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// The layers of `kept` (by node), without those that only reshape. If all are kept and there are too many
/// for a page, some are left out, as overview_steps says. The trace holds the layers of `kept` and all
/// outputs.
render::Scene overview_sheet(const Pass& pass, const std::vector<bool>& kept, const Style& style = {},
                             const render::Page& page = {});

/// An arrow from one card to another.
struct Feed {
  int from = 0;        ///< index of the card
  bool direct = true;  ///< false: through layers that are not shown
};

/// An input, a layer with what is folded into it, or class scores. The values belong to the caller.
struct OverviewCard {
  std::string number;       ///< of the layer, as `inspect` numbers them
  std::string name;         ///< path of the layer
  std::string kind;         ///< "Conv2D + bn, relu"
  std::string shape_text;   ///< "28 × 28 × 6"
  std::string note;         ///< further line of an input: "from 300 × 451"
  std::vector<Feed> feeds;  ///< what feeds it: earlier cards

  // What it shows: one of these, or nothing.
  render::PixelGrid picture;
  std::vector<render::Map> maps;        ///< the most active first; the card takes up to six
  std::optional<render::Map> sequence;  ///< a row per channel, a column per step
  std::span<const float> units;
  std::optional<ScoreBars> scores;  ///< its heading, theme and page are not used

  double lo = 0, hi = 0;  ///< range of all values of the layer: the card's scale
};

/// What an overview is drawn from.
struct Overview {
  std::string title;                ///< name of the model
  std::string subtitle;             ///< the input and its prediction
  std::vector<OverviewCard> cards;  ///< each after those that feed it
  std::string remark;               ///< below the figure: "19 of 52 layers are shown"; may be empty
  render::Colormap map = render::Colormap::viridis;  ///< cards with lo < 0: theme.diverging, symmetric
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Cards in reading order, with arrows from what feeds them. The size follows the number of cards: the sides
/// are about 3 : 2, unless the page's width is exact.
render::Scene draw(const Overview& overview);

/// The number of cards that an overview for a page should have at most.
std::size_t most_cards(const render::Page& page);

/// The `most` maps of largest mean magnitude, largest first, without frozen and inactive ones.
std::vector<render::Map> most_active(std::span<const render::Map> maps, std::size_t most = 6);

}  // namespace nv::figures
