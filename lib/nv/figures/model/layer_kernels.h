// The kernels of a layer: signed, white at 0.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "nv/analysis/kernel_maps.h"
#include "nv/figures/style.h"
#include "nv/model/model.h"
#include "nv/render/scene/heading.h"
#include "nv/render/scene/scene.h"
#include "nv/render/scene/theme.h"

namespace nv::figures {

/// `kernels`: those of the layer that node `node` calls.
render::Scene layer_kernels(const Model& model, std::size_t node, const KernelMaps& kernels,
                            const Style& style = {}, const render::Page& page = {});

/// What the figure is drawn from. `values` are filters x inputs x rows x cols and belong to the caller.
/// Filters of one input each are drawn as a grid; others as a matrix of filters and inputs, the larger number
/// of the two from left to right. If they do not fit on a page, the first are drawn, and the legend counts
/// them.
struct KernelSheet : render::Heading {
  int filters = 0, inputs = 0, rows = 1, cols = 1;
  std::string filter = "filter", input = "input channel";  ///< their names in the legend, singular
  std::span<const float> values;
  render::Theme theme = render::Theme::light();
  render::Page page;
};

/// Throws Error(usage) if sizes and numbers of values do not agree.
render::Scene draw(const KernelSheet& sheet);

}  // namespace nv::figures
