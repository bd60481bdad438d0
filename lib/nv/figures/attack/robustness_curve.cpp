#include "nv/figures/attack/robustness_curve.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "nv/analysis/attacks/method.h"
#include "nv/core/text.h"
#include "nv/figures/share_plot.h"

namespace nv::figures {

namespace {

/// One per size of any line: as typed, and the number below unless it says the same.
std::vector<render::LinePlot::Tick> ticks_of(const RobustnessCurve& curve) {
  const attacks::Bounds bounds{static_cast<float>(curve.lo), static_cast<float>(curve.hi)};
  std::set<double> sizes;
  for (const RobustnessCurve::Line& line : curve.lines)
    for (const RobustnessCurve::Point& p : line.points) sizes.insert(p.eps);
  std::vector<render::LinePlot::Tick> ticks;
  for (const double eps : sizes) {
    render::LinePlot::Tick tick{eps, attacks::eps_text(eps, bounds), ""};
    if (tick.label.find('/') != std::string::npos) tick.detail = render::compact_number(eps);
    ticks.push_back(std::move(tick));
  }
  return ticks;
}

std::string inputs_text(std::int64_t inputs) {
  return fmt::format("n = {}", thousands(inputs));
}

}  // namespace

render::Scene robustness_curve(const RobustnessCurve& curve, const Style& style, const render::Page& page) {
  render::LinePlot plot = share_plot(style, page);
  const bool same = std::ranges::all_of(
      curve.lines, [&](const RobustnessCurve::Line& line) { return line.inputs == curve.lines[0].inputs; });
  for (const RobustnessCurve::Line& line : curve.lines) {
    render::LinePlot::Series series{line.method, {}};
    if (!same) series.name += fmt::format(" ({})", inputs_text(line.inputs));
    for (const RobustnessCurve::Point& p : line.points) series.points.push_back({p.eps, p.accuracy});
    plot.series.push_back(std::move(series));
  }
  plot.title = "robust accuracy by eps";
  if (same && !curve.lines.empty())
    plot.kind =
        fmt::format("{} input{}", inputs_text(curve.lines[0].inputs), curve.lines[0].inputs == 1 ? "" : "s");
  plot.shape_text = curve.truth ? "by true classes" : "by the model's own predictions";
  plot.source = curve.model;
  plot.x_label = fmt::format("eps ({}inputs of {:g} to {:g})", curve.norm.empty() ? "" : curve.norm + ", ",
                             curve.lo, curve.hi);
  plot.x_ticks = ticks_of(curve);
  plot.y_label = "robust accuracy";
  return draw(plot);
}

}  // namespace nv::figures
