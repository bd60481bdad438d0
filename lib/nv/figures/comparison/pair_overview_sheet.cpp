// The overview of two passes: from their results to the cards.
#include <fmt/format.h>

#include <algorithm>

#include "nv/analysis/captions.h"
#include "nv/analysis/families.h"
#include "nv/analysis/prediction.h"
#include "nv/analysis/run.h"
#include "nv/figures/comparison/input_change.h"
#include "nv/figures/comparison/pair_card.h"
#include "nv/figures/comparison/pair_overview.h"
#include "nv/figures/drawable.h"
#include "nv/figures/pass/overview.h"

namespace nv::figures {

namespace {

constexpr std::size_t most_pair_classes = 8;

/// Owns what the cards refer to.
struct CardValues {
  OutputPair outputs;
  std::vector<FeatureMap> before, after;
};

/// The most informative blocks: see pair_overview.
class BlockChoice {
 public:
  BlockChoice(const PassPair& pair, const std::vector<LayerDifference>& layers,
              std::vector<LayerBlock> blocks, std::size_t most)
      : pair_(pair), layers_(layers), blocks_(std::move(blocks)), taken_(blocks_.size(), true), most_(most) {}

  std::vector<LayerBlock> choose() {
    if (blocks_.size() <= most_) return blocks_;
    taken_.assign(blocks_.size(), false);
    take_changed();
    take_last_of_sizes();
    if (count() < 3 || count() > most_) {
      taken_.assign(blocks_.size(), false);
      take_changed();
      take_even(most_ - std::min(most_, count()));
      rule_ = "evenly spaced";
    }
    std::vector<LayerBlock> chosen;
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      if (taken_[i] && chosen.size() < most_) chosen.push_back(blocks_[i]);
    left_out_ = fmt::format("{} of {} layers: {}{}", chosen.size(), blocks_.size(), rule_, also_);
    return chosen;
  }
  /// What choose() left out, as text; "" for nothing.
  const std::string& left_out() const { return left_out_; }

 private:
  std::size_t count() const { return static_cast<std::size_t>(std::ranges::count(taken_, true)); }

  /// Blocks with frozen channels, and the first divergent layer.
  void take_changed() {
    const LayerDifference* divergent = first_divergent(layers_, own_error_tolerance);
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      for (std::size_t node = blocks_[i].first; node <= blocks_[i].last; ++node) {
        const bool is_divergent = divergent != nullptr && divergent->index == node;
        const bool matched = std::ranges::find(layers_, node, &LayerDifference::index) != layers_.end();
        const bool frozen = matched && !pair_.b.engine.frozen_channels(partner(pair_, node)).empty();
        if (!(is_divergent || frozen) || count() >= most_ / 2) continue;
        taken_[i] = true;
        also_ = frozen ? ", and frozen ones" : ", and the first divergent one";
      }
  }

  /// The last block of each height and width, and all vectors.
  void take_last_of_sizes() {
    const auto size = [this](std::size_t i) {
      Shape shape = pair_.a.trace.outputs[blocks_[i].last].item(pair_.a.item).shape();
      const bool first = pair_.a.engine.structure().nodes[blocks_[i].last].channels_first;
      std::vector<std::int64_t> axes;
      for (int axis = 0; axis < shape.rank(); ++axis)
        if (axis != (first ? 0 : shape.rank() - 1)) axes.push_back(shape[axis]);
      return axes;
    };
    for (std::size_t i = 0; i < blocks_.size(); ++i)
      if (i + 1 == blocks_.size() || size(i).empty() || size(i) != size(i + 1)) taken_[i] = true;
  }

  void take_even(std::size_t number) {
    for (std::size_t k = 0; k < number; ++k)
      taken_[number < 2 ? 0 : k * (blocks_.size() - 1) / (number - 1)] = true;
  }

  const PassPair& pair_;
  const std::vector<LayerDifference>& layers_;
  std::vector<LayerBlock> blocks_;
  std::vector<bool> taken_;
  std::size_t most_;
  std::string rule_ = "the last of each size", also_, left_out_;
};

/// The difference of `node`, which `layers` need not hold; nullopt for a node without a partner.
std::optional<LayerDifference> difference_at(const PassPair& pair, const std::vector<LayerDifference>& layers,
                                             std::size_t node) {
  if (const auto at = std::ranges::find(layers, node, &LayerDifference::index); at != layers.end())
    return *at;
  std::vector<bool> only(pair.a.engine.model().nodes.size(), false);
  only[node] = true;
  const std::vector<LayerDifference> found = compare_passes(pair.a, pair.b, pair.matching, only);
  return found.empty() ? std::nullopt : std::optional(found[0]);
}

/// The card of a block whose output differs as `layer` says.
PairCard card_of(const PassPair& pair, const LayerBlock& block, const LayerDifference& layer,
                 const Style& style, CardValues& values) {
  const Model& model = pair.a.engine.model();
  PairCard card;
  card.name = model.nodes[block.first].path;
  card.kind = model.layer_of(model.nodes[block.first]).kind;
  if (!block.folded.empty()) card.kind += fmt::format(" + {}", fmt::join(block.folded, ", "));
  card.measure = fmt::format("relative L2 {}", render::compact_number(layer.values.relative_l2));
  card.shape_text = layer.shape.str(" × ");
  card.picture = input_change(pair, layer.index, style);
  if (card.picture) return card;
  values.outputs = outputs_of(pair, layer.index);
  if (values.outputs.a.shape().rank() <= 1) {
    card.before = values.outputs.a.values();
    card.after = values.outputs.b.values();
    return card;
  }
  const std::size_t other = partner(pair, layer.index);
  values.before = side_maps(pair.a, layer.index, values.outputs.a);
  values.after = side_maps(pair.b, other, values.outputs.b);
  const std::vector<render::Map> before = drawable(values.before, pair.a.engine, layer.index),
                                 after = drawable(values.after, pair.b.engine, other);
  const auto add = [&](std::int64_t channel) {
    if (card.maps.size() < pair_card_maps)
      card.maps.push_back(
          {before[static_cast<std::size_t>(channel)], after[static_cast<std::size_t>(channel)]});
  };
  if (style.channels)
    for (const std::int64_t channel : style.channels->below(std::ssize(before))) add(channel);
  if (!card.maps.empty()) return card;
  if (layer.values.l2 == 0)  // then the most active channels are more informative than the first ones
    for (const render::Map& map : most_active(before, pair_card_maps)) add(map.channel);
  card.most_active = !card.maps.empty();
  if (!card.most_active)
    for (const ChannelDifference& c : layer.values.channels) add(c.channel);
  return card;
}

/// The classes with the largest scores in A or B, as bars.
std::optional<render::BarChart> scores_of(const PassPair& pair, const OutputKind& output) {
  const auto node = static_cast<std::size_t>(output.value.node);
  if (!difference_at(pair, {}, node)) return std::nullopt;
  const OutputPair scores = outputs_of(pair, node);
  // A single unit is the score of class 1.
  const bool binary = scores.a.size() == 1, probability = gives_probabilities(output.activation);
  render::BarChart chart;
  chart.series = {pair.name_a, pair.name_b};
  chart.meaning = probability ? "probability" : "score";
  if (probability) {
    chart.hi = 1;
    chart.number = [](double p) {
      return p >= 0 && p <= 1 ? probability_text(p) : render::compact_number(p);
    };
  }
  const std::vector<std::int64_t> classes =
      binary ? std::vector<std::int64_t>{0}
             : leading_classes(scores.a.values(), scores.b.values(), output.activation, most_pair_classes);
  for (const std::int64_t i : classes)
    chart.rows.push_back({!pair.labels.empty() ? class_label(binary ? 1 : i, pair.labels)
                                               : fmt::format("{}{}", binary ? "class " : "", binary ? 1 : i),
                          {static_cast<double>(scores.a[i]), static_cast<double>(scores.b[i])}});
  return chart;
}

/// Blocks without padding, which shows what the layer before does.
std::vector<LayerBlock> blocks_of(const PassPair& pair, const std::vector<bool>& kept,
                                  std::optional<std::size_t> except) {
  const Model& model = pair.a.engine.model();
  std::vector<LayerBlock> blocks = layer_blocks(model, pair.a.engine.structure(), kept, except);
  std::erase_if(blocks, [&model](const LayerBlock& block) {
    return block.folded.empty() && model.layer_of(model.nodes[block.first]).kind.starts_with("ZeroPadding");
  });
  return blocks;
}

/// Inputs as blocks of their own.
std::vector<LayerBlock> input_blocks(const Model& model) {
  std::vector<LayerBlock> blocks;
  for (const auto& input : model.inputs) {
    const auto node = static_cast<std::size_t>(input.value.node);
    blocks.push_back({node, node, {}});
  }
  return blocks;
}

}  // namespace

render::Scene pair_overview(const PassPair& pair, const std::vector<LayerDifference>& layers,
                            const Style& style, const render::Page& page) {
  const Model& model = pair.a.engine.model();
  const std::vector<OutputKind> outputs = output_kinds(model, pair.a.engine.structure());
  PairOverview sheet;
  std::optional<std::size_t> last;
  if (const OutputKind* const classifier = classifier_of(outputs)) {
    sheet.scores = scores_of(pair, *classifier);
    if (sheet.scores) last = static_cast<std::size_t>(classifier->value.node);
  }
  std::vector<bool> kept(model.nodes.size(), false);
  for (const LayerDifference& layer : layers) kept[layer.index] = true;
  // On the width of a column of text, cards are few in a row.
  const std::size_t most = page.exact && page.width < 800 ? 6 : 10;
  BlockChoice choice(pair, layers, blocks_of(pair, kept, last), most);
  std::vector<LayerBlock> blocks = input_blocks(model);
  std::ranges::copy(choice.choose(), std::back_inserter(blocks));
  std::vector<CardValues> values(blocks.size());  // the cards refer to them until draw() returns
  for (std::size_t i = 0; i < blocks.size(); ++i)
    if (const auto layer = difference_at(pair, layers, blocks[i].last))
      sheet.cards.push_back(card_of(pair, blocks[i], *layer, style, values[i]));
  sheet.title = model_names(pair);
  sheet.caption = pair.caption;
  sheet.left_out = choice.left_out();
  sheet.before_name = pair.name_a;
  sheet.after_name = pair.name_b;
  sheet.difference_name = pair.name_difference;
  sheet.chosen = style.channels.has_value();
  sheet.map = style.map;
  sheet.theme = style.theme;
  sheet.page = page;
  return draw(sheet);
}

}  // namespace nv::figures
