#include "nv/figures/model/layer_kernels.h"

#include "nv/analysis/captions.h"

namespace nv::figures {

render::Scene layer_kernels(const Model& model, std::size_t node, const KernelMaps& kernels,
                            const Style& style, const render::Page& page) {
  const LayerSpec& spec = model.layer_of(model.nodes[node]);
  KernelSheet sheet;
  sheet.title = spec.path;
  sheet.kind = spec.kind + ", kernel";
  sheet.shape_text = spec.weights[0].shape.str(" × ");
  sheet.source = model_title(model);
  sheet.filters = static_cast<int>(kernels.filters);
  sheet.inputs = static_cast<int>(kernels.inputs);
  sheet.rows = static_cast<int>(kernels.rows);
  sheet.cols = static_cast<int>(kernels.cols);
  sheet.values = kernels.values;
  if (spec.kind == "Dense") {
    sheet.filter = "unit";
    sheet.input = "input";
  }
  sheet.theme = style.theme;
  sheet.page = page;
  return draw(sheet);
}

}  // namespace nv::figures
