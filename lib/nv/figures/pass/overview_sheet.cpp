// The overview of a pass: from its results to the cards.
#include <fmt/format.h>

#include "nv/analysis/captions.h"
#include "nv/core/text.h"
#include "nv/figures/drawable.h"
#include "nv/figures/input_picture.h"
#include "nv/figures/pass/overview.h"
#include "nv/figures/pass/overview_steps.h"

namespace nv::figures {

namespace {

/// A card and the values that it refers to.
struct FilledCard {
  OverviewCard card;
  Tensor output;
  std::vector<FeatureMap> maps;
  std::vector<float> rows;  ///< of a sequence
};

/// Shows the values of node `node`: maps, a sequence, or units.
void show_values(FilledCard& filled, const Pass& pass, std::size_t node, Tensor values) {
  filled.output = std::move(values);
  OverviewCard& card = filled.card;
  const render::Range range = render::range_of(filled.output.values());
  card.lo = range.lo;
  card.hi = range.hi;
  const std::size_t rank = filled.output.shape().rank();
  if (rank <= 1) {
    card.units = filled.output.values();
    return;
  }
  filled.maps = feature_maps(filled.output, pass.engine.structure().nodes[node].channels_first);
  if (rank > 2 || filled.maps.empty()) {
    card.maps = most_active(drawable(filled.maps, pass.engine, node));
    return;
  }
  for (const FeatureMap& m : filled.maps)
    filled.rows.insert(filled.rows.end(), m.values.begin(), m.values.end());
  render::Map sequence;
  sequence.rows = static_cast<int>(filled.maps.size());
  sequence.cols = static_cast<int>(filled.maps[0].values.size());
  sequence.values = filled.rows;
  card.sequence = sequence;
}

void fill_input(FilledCard& filled, const Pass& pass, const OverviewStep& step) {
  OverviewCard& card = filled.card;
  const Tensor& values = pass.input.tensors[step.port];
  InputPicture shown = input_picture(pass.engine, pass.input, step.port, pass.preprocess);
  card.kind = pass.engine.model().inputs.size() > 1 ? "input" : "input " + pass.result.id;
  card.shape_text = values.shape().str(" × ");
  if (shown.picture.pixels.empty()) return show_values(filled, pass, step.block.first, values);
  card.picture = std::move(shown.picture);
  if (!shown.original_size.empty()) card.note = "from " + shown.original_size;
  if (!shown.range.empty()) card.note += (card.note.empty() ? "" : "; ") + ("black … white: " + shown.range);
}

void fill_layer(FilledCard& filled, const Pass& pass, const OverviewStep& step) {
  OverviewCard& card = filled.card;
  if (!step.block.folded.empty()) card.kind += fmt::format(" + {}", fmt::join(step.block.folded, ", "));
  std::vector<int> frozen = frozen_channels(pass.engine, step.block.first);
  if (frozen.empty()) frozen = frozen_channels(pass.engine, step.block.last);
  if (!frozen.empty()) card.kind += fmt::format("; frozen: {}", fmt::join(frozen, ","));
  show_values(filled, pass, step.block.last, pass.trace.outputs[step.block.last].item(pass.item));
  card.shape_text = filled.output.shape().str(" × ");
}

void fill_scores(FilledCard& filled, const Pass& pass, const OverviewStep& step, const Style& style,
                 const render::Page& page) {
  OverviewCard& card = filled.card;
  card.scores = score_bars(pass, pass.outputs[step.port], style, page);
  const auto classes = card.scores->scores.size();
  card.kind = card.scores->meaning == "probability" ? "class probabilities" : "class scores";
  if (classes > 1) card.shape_text = fmt::format("{} classes", thousands(static_cast<long long>(classes)));
}

FilledCard card_of(const Pass& pass, const OverviewStep& step, const Style& style, const render::Page& page) {
  const Model& model = pass.engine.model();
  const Node& node = model.nodes[step.block.first];
  FilledCard filled;
  filled.card.number = std::to_string(step.block.first);
  filled.card.name = node.path;
  filled.card.kind = model.layer_of(node).kind;
  filled.card.feeds = step.feeds;
  if (step.kind == OverviewStep::Kind::input) fill_input(filled, pass, step);
  if (step.kind == OverviewStep::Kind::layer) fill_layer(filled, pass, step);
  if (step.kind == OverviewStep::Kind::scores) fill_scores(filled, pass, step, style, page);
  return filled;
}

}  // namespace

render::Scene overview_sheet(const Pass& pass, const std::vector<bool>& kept, const Style& style,
                             const render::Page& page) {
  const Model& model = pass.engine.model();
  Overview sheet;
  sheet.title = model_title(model);
  sheet.subtitle = pass_caption(pass);
  sheet.map = style.map;
  sheet.theme = style.theme;
  sheet.page = page;
  const OverviewSteps steps =
      overview_steps(model, pass.engine.structure(), pass.outputs, kept, most_cards(page));
  if (steps.shown < steps.layers)
    sheet.remark = fmt::format("{} of {} layers are shown", steps.shown, steps.layers);
  std::vector<FilledCard> filled;  // cards refer to it until draw() returns
  filled.reserve(steps.steps.size());
  for (const OverviewStep& step : steps.steps) {
    filled.push_back(card_of(pass, step, style, page));
    sheet.cards.push_back(filled.back().card);
  }
  return draw(sheet);
}

}  // namespace nv::figures
