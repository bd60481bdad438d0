#include "nv/figures/pass/gradient_sheet.h"

#include "nv/figures/drawable.h"
#include "nv/render/charts/map_grid.h"
#include "nv/render/charts/unit_bars.h"

namespace nv::figures {

render::Scene gradient_sheet(const Pass& pass, const Tensor& gradient, const GradientText& text,
                             const Style& style, const render::Page& page) {
  const auto node = static_cast<std::size_t>(pass.engine.model().inputs[text.port].value.node);
  if (gradient.shape().rank() < 2) {
    render::UnitBars bars;
    bars.values = gradient.values();
    bars.meaning = "importance";
    set_heading(bars, pass, node, gradient.shape());
    bars.title = text.title;
    bars.theme = style.theme;
    bars.page = page;
    return draw(bars);
  }
  const std::vector<FeatureMap> maps =
      feature_maps(gradient, pass.engine.structure().nodes[node].channels_first);
  render::MapGrid grid;
  grid.maps = drawable(maps, pass.engine, node);
  grid.scale = render::ScaleMode::symmetric;
  grid.meaning = "importance";
  set_heading(grid, pass, node, gradient.shape());
  grid.title = text.title;
  grid.theme = style.theme;
  grid.page = page;
  return draw(grid);
}

}  // namespace nv::figures
