// The input of a pass alone, small.
#pragma once

#include <optional>

#include "nv/figures/pass/pass.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// Whether any input of the model is a picture.
bool has_input_pictures(const Pass& pass);

/// The inputs of the model that are pictures side by side, each at most 96 px wide and high, without text.
render::Scene input_sheet(const Pass& pass, const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
