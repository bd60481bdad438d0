// How two passes come apart from input to output.
#pragma once

#include <span>

#include "nv/figures/comparison/pass_pair.h"
#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// The relative L2 of each layer as a line, and each layer's own error as another if `layers` hold it.
render::Scene difference_growth(const PassPair& pair, std::span<const LayerDifference> layers,
                                const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
