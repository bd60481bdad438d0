#include "nv/figures/comparison/difference_growth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "nv/analysis/captions.h"
#include "nv/render/charts/line_plot.h"

namespace nv::figures {

render::Scene difference_growth(const PassPair& pair, std::span<const LayerDifference> layers,
                                const Style& style, const render::Page& page) {
  render::LinePlot plot;
  plot.title = fmt::format("{} against {}", pair.name_b, pair.name_a);
  plot.source = model_title(pair.a.engine.model());
  plot.caption = pair.caption;
  render::LinePlot::Series total{"relative L2 of the output", {}},
      own{"of the layer alone, given A's inputs", {}};
  double least = INFINITY, most = 0;
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const auto x = static_cast<double>(i);
    const double value = layers[i].values.relative_l2;
    total.points.push_back({x, value});
    if (value > 0) least = std::min(least, value);
    if (std::isfinite(value)) most = std::max(most, value);
    if (layers[i].own_relative_l2) own.points.push_back({x, *layers[i].own_relative_l2});
    plot.x_names.push_back(layers[i].path);
  }
  plot.series.push_back(std::move(total));
  if (!own.points.empty()) plot.series.push_back(std::move(own));
  if (most > 0 && least < most / 1000) plot.y_scale = render::AxisScale::log;
  plot.x_label = "layer";
  plot.y_label = "relative L2";
  plot.theme = style.theme;
  plot.page = page;
  return draw(plot);
}

}  // namespace nv::figures
