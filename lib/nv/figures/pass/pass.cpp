#include "nv/figures/pass/pass.h"

#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/captions.h"

namespace nv::figures {

std::string pass_caption(const Pass& pass) {
  std::string text = "input " + pass.result.id;
  if (pass.result.prediction || !pass.result.reason.empty())
    text += "  ·  predicted " + prediction_text(pass.result.prediction);
  if (pass.result.truth) text += fmt::format("  ·  truth {}", class_label(*pass.result.truth, pass.labels));
  return text;
}

void set_heading(render::Heading& heading, const Pass& pass, std::size_t node, const Shape& shape) {
  const Model& model = pass.engine.model();
  heading.title = model.nodes[node].path;
  heading.kind = model.layer_of(model.nodes[node]).kind;
  heading.shape_text = shape.str(" × ");
  heading.source = model_title(model);
  heading.caption = pass_caption(pass);
}

std::vector<int> frozen_channels(const Engine& engine, std::size_t node) {
  const std::vector<std::int64_t> channels = engine.frozen_channels(node);
  return {channels.begin(), channels.end()};
}

ScoreBars score_bars(const Pass& pass, const OutputKind& output, const Style& style,
                     const render::Page& page) {
  const auto node = static_cast<std::size_t>(output.value.node);
  const Tensor scores = pass.trace.outputs[node].item(pass.item);
  ScoreBars bars;
  bars.scores = class_scores(scores.values(), output.activation);
  bars.meaning = gives_probabilities(output.activation) ? "probability" : "score";
  // Labels and the true class are those of the first output that classifies.
  const OutputKind* const first = classifier_of(pass.outputs);
  if (first != nullptr && first->value.node == output.value.node && bars.scores.size() > 1) {
    if (!pass.labels.empty())
      for (std::size_t i = 0; i < bars.scores.size(); ++i)
        bars.labels.push_back(class_label(static_cast<std::int64_t>(i), pass.labels));
    if (pass.result.truth && *pass.result.truth < static_cast<std::int64_t>(bars.scores.size()))
      bars.truth = static_cast<int>(*pass.result.truth);
  }
  bars.theme = style.theme;
  const double usual = bars.page.width;
  bars.page = page;
  if (!page.exact) bars.page.width = std::min(page.width, usual);
  set_heading(bars, pass, node, scores.shape());
  return bars;
}

}  // namespace nv::figures
