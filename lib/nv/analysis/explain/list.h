// All methods of explanation. A new one is a file here that defines `Method NAME()`, and a line in this list.
#pragma once

#include "nv/analysis/explain/method.h"

/// Expands EXPLAINER(NAME) for each method, in the order of `nv explain --list`.
#define NV_EXPLAINERS(EXPLAINER)  \
  EXPLAINER(gradient)             \
  EXPLAINER(gradient_input)       \
  EXPLAINER(integrated_gradients) \
  EXPLAINER(expected_gradients)   \
  EXPLAINER(smoothgrad)           \
  EXPLAINER(vargrad)              \
  EXPLAINER(guided_backprop)      \
  EXPLAINER(grad_cam)             \
  EXPLAINER(grad_cam_plus_plus)   \
  EXPLAINER(hires_cam)            \
  EXPLAINER(layer_cam)            \
  EXPLAINER(ablation_cam)         \
  EXPLAINER(score_cam)            \
  EXPLAINER(occlusion)            \
  EXPLAINER(rise)                 \
  EXPLAINER(lrp_epsilon)          \
  EXPLAINER(lrp)                  \
  EXPLAINER(filters)

namespace nv::explain {

#define NV_DECLARE(name) Method name();
NV_EXPLAINERS(NV_DECLARE)
#undef NV_DECLARE

}  // namespace nv::explain
