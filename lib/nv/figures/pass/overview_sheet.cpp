// The overview of a pass: from its results to the cards.
#include <fmt/format.h>

#include "nv/analysis/captions.h"
#include "nv/core/error.h"
#include "nv/figures/drawable.h"
#include "nv/figures/pass/overview.h"

namespace nv::figures {

namespace {

/// The picture that the input was read from, or else the array as a picture; empty if it cannot be one.
render::Picture input_picture(const Pass& pass) {
  Picture picture;
  if (pass.input.picture) {
    picture = *pass.input.picture;
  } else {
    const Model& model = pass.engine.model();
    const auto node = static_cast<std::size_t>(model.inputs[0].value.node);
    const InputSpec spec{model.inputs[0].name, pass.input.tensors[0].shape(),
                         pass.engine.structure().nodes[node].channels_first};
    try {
      picture = to_picture(pass.input.tensors[0], spec, pass.preprocess);
    } catch (const Error&) {
      return {};
    }
  }
  render::Picture result = drawable(picture);
  result.caption = pass.result.id;
  return result;
}

/// `maps` holds the values that the card refers to.
OverviewCard card_of(const Pass& pass, const LayerBlock& block, const Tensor& output,
                     std::vector<FeatureMap>& maps) {
  const Model& model = pass.engine.model();
  OverviewCard card;
  card.name = model.nodes[block.first].path;
  card.kind = model.layer_of(model.nodes[block.first]).kind;
  card.shape_text = output.shape().str(" × ");
  if (!block.folded.empty()) card.note = fmt::format("+ {}", fmt::join(block.folded, ", "));
  std::vector<int> frozen = frozen_channels(pass.engine, block.first);
  if (frozen.empty()) frozen = frozen_channels(pass.engine, block.last);
  if (!frozen.empty())
    card.note += fmt::format("{}frozen: {}", card.note.empty() ? "" : "; ", fmt::join(frozen, ","));
  const render::Range range = render::range_of(output.values());
  card.lo = range.lo;
  card.hi = range.hi;
  if (output.shape().rank() <= 1) {
    card.units = output.values();
  } else {
    maps = feature_maps(output, pass.engine.structure().nodes[block.last].channels_first);
    card.maps = most_active(drawable(maps, pass.engine, block.last));
  }
  return card;
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
  sheet.input = input_picture(pass);
  std::optional<std::size_t> last;
  if (const OutputKind* const classifier = classifier_of(pass.outputs)) {
    last = static_cast<std::size_t>(classifier->value.node);
    sheet.scores = score_bars(pass, *classifier, style, page);
  }
  const std::vector<LayerBlock> blocks = layer_blocks(model, pass.engine.structure(), kept, last);
  // Cards refer to these values until draw() returns.
  std::vector<std::vector<FeatureMap>> maps(blocks.size());
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const Tensor output = pass.trace.outputs[blocks[b].last].item(pass.item);
    sheet.cards.push_back(card_of(pass, blocks[b], output, maps[b]));
  }
  return draw(sheet);
}

}  // namespace nv::figures
