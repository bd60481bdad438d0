#include "nv/figures/explanation/judge_curves.h"

#include <fmt/format.h>

#include "nv/core/text.h"
#include "nv/render/charts/line_plot.h"

namespace nv::figures {

using explain::judge::Judgement;
using explain::judge::MethodJudgement;

namespace {

constexpr std::size_t every = 5;  ///< of the points of a curve: each gets a marker

render::LinePlot::Series series_of(const MethodJudgement& m, std::size_t measure, const std::string& name) {
  render::LinePlot::Series series{fmt::format("{} ({:.3g})", name, m.scores[measure].mean), {}};
  const explain::judge::Curve& curve = m.curves[measure];
  for (std::size_t k = 0; k < curve.size(); k += every)
    series.points.push_back({static_cast<double>(k) / static_cast<double>(curve.size() - 1), curve[k]});
  return series;
}

}  // namespace

std::vector<std::size_t> judged_curves(const Judgement& judgement) {
  std::vector<std::size_t> list;
  for (std::size_t k = 0; k < explain::judge::measures().size(); ++k)
    if (explain::judge::measures()[k].has_curve && !judgement.methods.empty() &&
        !judgement.methods.front().curves[k].empty())
      list.push_back(k);
  return list;
}

render::Scene judge_curves(const Judgement& judgement, std::size_t measure, const std::string& model,
                           const Style& style, const render::Page& page) {
  const explain::judge::Measure& of = explain::judge::measures()[measure];
  render::LinePlot plot;
  std::int64_t inputs = 0;
  for (const MethodJudgement& m : judgement.methods) {
    if (m.curves[measure].empty()) continue;
    inputs = std::max(inputs, m.scores[measure].inputs);
    plot.series.push_back(series_of(m, measure, m.method));
  }
  if (judgement.control && !judgement.control->curves[measure].empty())
    plot.series.push_back(series_of(*judgement.control, measure, "random order"));
  plot.title = std::string(of.name);
  plot.kind = fmt::format("mean of {} input{}", thousands(inputs), inputs == 1 ? "" : "s");
  plot.shape_text = of.higher_is_better ? "higher is better" : "lower is better";
  plot.source = model;
  plot.caption = judgement.verdict;
  plot.x_label = fmt::format("{}: share of the input {}, the most important first", of.name,
                             of.higher_is_better ? "shown" : "replaced");
  plot.y_label = "probability of the class";
  plot.y_lo = 0;
  plot.theme = style.theme;
  plot.page = page;
  return draw(plot);
}

}  // namespace nv::figures
