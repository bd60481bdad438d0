// A gradient to the input of a model.
#pragma once

#include <string>

#include "nv/figures/pass/pass.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// `gradient`: of the shape of the model's first input, without batch axis; drawn channel by channel, signed
/// and white at 0. `meaning` is the title: "gradient of the logit of 7".
render::Scene gradient_sheet(const Pass& pass, const Tensor& gradient, const std::string& meaning,
                             const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
