// Numbers that belong to the values of an input: a gradient, or another explanation.
#pragma once

#include <cstddef>
#include <string>

#include "nv/figures/pass/pass.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

struct GradientText {
  std::string title;     ///< "gradient of the logit of 7"
  std::size_t port = 0;  ///< number of the model's input
};

/// `gradient`: of the shape of that input, without batch axis; drawn channel by channel, signed and white
/// at 0.
render::Scene gradient_sheet(const Pass& pass, const Tensor& gradient, const GradientText& text,
                             const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
