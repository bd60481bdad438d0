#include "nv/figures/drawable.h"

#include <algorithm>
#include <cstdint>

namespace nv::figures {

render::PixelGrid drawable(const Picture& picture) {
  render::PixelGrid result;
  result.width = static_cast<int>(picture.width);
  result.height = static_cast<int>(picture.height);
  for (std::size_t i = 0; i < static_cast<std::size_t>(picture.width * picture.height); ++i) {
    const std::uint8_t* p = picture.pixels.data() + i * static_cast<std::size_t>(picture.channels);
    result.pixels.push_back(picture.channels >= 3 ? render::Rgb{p[0], p[1], p[2]}
                                                  : render::Rgb{p[0], p[0], p[0]});
  }
  return result;
}

std::vector<render::Map> drawable(const std::vector<FeatureMap>& maps, const Engine& engine,
                                  std::size_t node) {
  const std::vector<std::int64_t> frozen = engine.frozen_channels(node);
  std::vector<render::Map> list;
  for (const FeatureMap& m : maps) {
    render::Map map;
    map.channel = static_cast<int>(m.channel);
    map.rows = static_cast<int>(m.rows);
    map.cols = static_cast<int>(m.cols);
    map.values = m.values;
    map.dead = m.dead;
    map.frozen = std::ranges::binary_search(frozen, m.channel);
    list.push_back(map);
  }
  return list;
}

}  // namespace nv::figures
