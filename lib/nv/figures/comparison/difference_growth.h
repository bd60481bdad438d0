// How two passes come apart from input to output.
#pragma once

#include <vector>

#include "nv/figures/comparison/pass_pair.h"
#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// The relative L2 of each layer as a bar from 0, from the input at the top to the output, and each layer's
/// own error as another if `layers` hold it. Of many layers, bars are thin and some are named; beyond 400, a
/// bar is the largest of several layers in sequence. Throws Error(usage) for no layers.
render::Scene difference_growth(const PassPair& pair, const std::vector<LayerDifference>& layers,
                                const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
