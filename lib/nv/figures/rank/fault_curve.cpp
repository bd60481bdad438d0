#include "nv/figures/rank/fault_curve.h"

#include <fmt/format.h>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/figures/share_plot.h"

namespace nv::figures {

render::Scene fault_curve(const FaultCurve& curve, const Style& style, const render::Page& page) {
  if (curve.faults == 0) throw_usage("{}: no curve without faults", curve.model);
  render::LinePlot plot = share_plot(style, page);
  for (const FaultCurve::Line& line : curve.lines) {
    render::LinePlot::Series series{fmt::format("{} (APFD {:.3f})", line.metric, line.apfd), {}};
    // Steps: nothing is found between two faults.
    const double input = 1 / static_cast<double>(curve.inputs);
    for (const rank::FaultPoint& p : line.points) {
      if (!series.points.empty() && p.inputs - series.points.back().x > 1.5 * input)
        series.points.push_back({p.inputs - input, series.points.back().y});
      series.points.push_back({p.inputs, p.faults});
    }
    plot.series.push_back(std::move(series));
  }
  const double share = static_cast<double>(curve.faults) / static_cast<double>(curve.inputs);
  plot.series.push_back({fmt::format("best order ({:.3f})", rank::best_apfd(curve.inputs, curve.faults)),
                         {{0, 0}, {share, 1}, {1, 1}}});
  plot.series.push_back({"random order (0.5)", {{0, 0}, {1, 1}}});
  plot.title = "faults found by inputs looked at";
  plot.kind = fmt::format("{} of {}", counted(static_cast<long long>(curve.faults), "fault"),
                          counted(static_cast<long long>(curve.inputs), "input"));
  plot.source = curve.model;
  plot.caption = curve.caption;
  plot.x_label = "share of the inputs looked at";
  plot.y_label = "share of the faults found";
  return draw(plot);
}

}  // namespace nv::figures
