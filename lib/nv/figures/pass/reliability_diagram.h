// Accuracy of predictions by their confidence.
#pragma once

#include <string>

#include "nv/analysis/calibration.h"
#include "nv/figures/style.h"
#include "nv/render/scene/scene.h"

namespace nv::figures {

/// The reliability diagram of Guo et al. (2017): a bar per bin of confidence up to its accuracy, with the 95
/// % interval of Wilson (1927); the gap to the bin's mean confidence; the diagonal of perfect calibration;
/// below it the share of inputs in each bin. `model`: its title. Throws Error(usage) without inputs.
render::Scene reliability_diagram(const Calibration& calibration, const std::string& model,
                                  const Style& style = {}, const render::Page& page = {});

}  // namespace nv::figures
