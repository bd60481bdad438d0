// The input of a pass alone, small.
#pragma once

#include <span>
#include <vector>

#include "nv/figures/pass/pass.h"
#include "nv/render/charts/pixel_grid.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// The inputs of the model that are pictures, as the model sees them.
std::vector<render::PixelGrid> input_pictures(const Pass& pass);

/// Whether any input of the model is a picture.
bool has_input_pictures(const Pass& pass);

/// Pictures side by side, each at most 96 px wide and high, without text.
render::Scene input_sheet(std::span<const render::PixelGrid> pictures, const Style& style = {},
                          const render::Page& page = {});
/// The same of a pass.
render::Scene input_sheet(const Pass& pass, const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
