#include "nv/figures/attack/robustness_curve.h"

#include <fmt/format.h>

#include "nv/render/charts/line_plot.h"

namespace nv::figures {

render::Scene robustness_curve(const RobustnessCurve& curve, const Style& style, const render::Page& page) {
  render::LinePlot plot;
  for (const RobustnessCurve::Line& line : curve.lines) {
    render::LinePlot::Series series{line.method, {}};
    for (const RobustnessCurve::Point& p : line.points) series.points.push_back({p.eps, p.accuracy});
    plot.series.push_back(std::move(series));
  }
  plot.title = "accuracy by the size of the change";
  plot.source = curve.model;
  plot.x_label = fmt::format("eps ({}inputs of {:g} to {:g})", curve.norm.empty() ? "" : curve.norm + ", ",
                             curve.lo, curve.hi);
  plot.y_label = "robust accuracy";
  plot.y_lo = 0;
  plot.y_hi = 1;
  plot.theme = style.theme;
  plot.page = page;
  return draw(plot);
}

}  // namespace nv::figures
