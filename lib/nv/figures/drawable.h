// Pictures and feature maps as render/ draws them.
#pragma once

#include <cstddef>
#include <vector>

#include "nv/analysis/statistics.h"
#include "nv/data/image.h"
#include "nv/engine/engine.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/pixel_grid.h"

namespace nv::figures {

/// Grey becomes red, green and blue alike; transparency is dropped.
render::PixelGrid drawable(const Picture& picture);

/// Maps of the output of node `node`; channels that the engine freezes are marked. The result refers to the
/// values of `maps`.
std::vector<render::Map> drawable(const std::vector<FeatureMap>& maps, const Engine& engine,
                                  std::size_t node);

}  // namespace nv::figures
