// The output of one layer for one input.
#pragma once

#include <cstddef>

#include "nv/figures/pass/pass.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// Bars of the class scores if the node is an output that classifies; bars or cells of a vector's units; a
/// heat map of a sequence (rank 2); else a grid of maps, of the channels that the style chooses. A page of
/// exact width that all channels would make too tall shows the most active ones, and says so. Throws
/// Error(usage) for a channel that the layer does not have.
render::Scene layer_sheet(const Pass& pass, std::size_t node, const Style& style = {},
                          const render::Page& page = {});

}  // namespace nv::figures
