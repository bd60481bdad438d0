// What all figures of results have in common: colours, scale, the channels to show.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "nv/data/items.h"
#include "nv/render/scene/colormap.h"
#include "nv/render/scene/scale.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// Each figure takes what applies to it.
struct Style {
  render::ScaleMode scale = render::ScaleMode::shared;
  render::Colormap map = render::Colormap::viridis;
  render::Theme theme = render::Theme::light();
  std::optional<ItemRanges> channels;  ///< of a layer; nullopt: all, or those that differ most
};

/// The channels of `style.channels`, which must be set, of a layer of `count`. Throws Error(usage) for a
/// channel that the layer does not have; `layer` is its name in the message.
std::vector<std::int64_t> chosen_channels(const Style& style, const std::string& layer, std::size_t count);

}  // namespace nv::figures
