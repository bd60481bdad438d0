#include "sheets.h"

#include <algorithm>
#include <filesystem>

#include "nv/core/error.h"
#include "nv/data/preprocess.h"
#include "nv/render/maps.h"
#include "nv/render/overview.h"
#include "nv/render/scores.h"
#include "nv/render/units.h"

namespace nv {

namespace {

/// "input 7_0412, predicted 7 (0.9998), truth 7".
std::string caption(const SheetSource& s) {
  std::string text = "input " + s.result.id;
  if (s.result.prediction || !s.result.reason.empty())
    text += "  ·  predicted " + prediction_text(s.result.prediction);
  if (s.result.truth) text += fmt::format("  ·  truth {}", class_label(*s.result.truth, s.labels));
  return text;
}

void set_heading(render::Heading& heading, const SheetSource& s, std::size_t node, const Shape& shape) {
  const Model& model = s.engine.model();
  heading.title = model.nodes[node].path;
  heading.kind = model.layer_of(model.nodes[node]).kind;
  heading.shape_text = shape.str(" × ");
  heading.model = model_title(model);
  heading.caption = caption(s);
}

std::vector<int> frozen_of(const Engine& engine, std::size_t node) {
  const std::vector<std::int64_t> channels = engine.frozen_channels(node);
  return {channels.begin(), channels.end()};
}

/// The maps of --channel, else all.
std::vector<render::Map> chosen_maps(const SheetSource& s, std::size_t node,
                                     const std::vector<FeatureMap>& maps, const SheetStyle& style) {
  std::vector<render::Map> all = render_maps(maps, s.engine, node);
  if (!style.channels) return all;
  std::vector<render::Map> chosen;
  for (const std::int64_t c : asked_channels(style, s.engine.model().nodes[node].path, all.size()))
    chosen.push_back(all[static_cast<std::size_t>(c)]);
  return chosen;
}

/// The output that `node` is, where it classifies.
const OutputKind* output_of(const SheetSource& s, std::size_t node) {
  for (const OutputKind& o : s.outputs)
    if (o.classifies && static_cast<std::size_t>(o.value.node) == node) return &o;
  return nullptr;
}

render::ScoreBars score_bars(const SheetSource& s, const OutputKind& output, const SheetStyle& style,
                             const render::Page& page) {
  const Tensor scores = s.trace.outputs[static_cast<std::size_t>(output.value.node)].item(s.item);
  render::ScoreBars bars;
  bars.scores.assign(scores.values().begin(), scores.values().end());
  if (!s.labels.empty())
    for (std::int64_t i = 0; i < scores.size(); ++i) bars.labels.push_back(class_label(i, s.labels));
  if (s.result.truth && *s.result.truth < scores.size()) bars.truth = static_cast<int>(*s.result.truth);
  bars.meaning = gives_probabilities(output.activation) ? "probability" : "score";
  bars.theme = style.theme;
  const double usual = bars.page.width;
  bars.page = page;
  if (!page.exact) bars.page.width = std::min(page.width, usual);
  set_heading(bars, s, static_cast<std::size_t>(output.value.node), scores.shape());
  return bars;
}

/// The input as people know it: the picture itself, or the array as the picture that it stands for.
render::Picture input_picture(const SheetSource& s) {
  render::Picture result;
  Picture picture;
  if (s.input.picture) {
    picture = *s.input.picture;
  } else {
    const Model& model = s.engine.model();
    const auto node = static_cast<std::size_t>(model.inputs[0].value.node);
    const InputSpec spec{model.inputs[0].name, s.input.tensors[0].shape(),
                         s.engine.structure().nodes[node].channels_first};
    try {
      picture = to_picture(s.input.tensors[0], spec, s.preprocess);
    } catch (const Error&) {
      return result;  // an input that is no picture: the overview begins with the layers
    }
  }
  result = drawable(picture);
  result.caption = s.result.id;
  return result;
}

}  // namespace

render::Picture drawable(const Picture& picture) {
  render::Picture result;
  result.width = static_cast<int>(picture.width);
  result.height = static_cast<int>(picture.height);
  for (std::size_t i = 0; i < static_cast<std::size_t>(picture.width * picture.height); ++i) {
    const std::uint8_t* p = picture.pixels.data() + i * static_cast<std::size_t>(picture.channels);
    result.pixels.push_back(picture.channels >= 3 ? render::Rgb{p[0], p[1], p[2]}
                                                  : render::Rgb{p[0], p[0], p[0]});
  }
  return result;
}

std::string prediction_text(const std::optional<Prediction>& p, bool classifies) {
  if (!p) return classifies ? "NaN" : "-";
  return fmt::format("{} ({})", p->label,
                     p->probability ? render::probability_text(static_cast<double>(*p->probability))
                                    : fmt::format("{:.4g}", p->score));
}

std::string model_title(const Model& model) {
  return std::filesystem::path(model.file).filename().string();
}

std::string picture_title(const Model& model, const std::string& what) {
  return fmt::format("{}: {}", model_title(model), what);
}

std::vector<std::int64_t> asked_channels(const SheetStyle& style, const std::string& layer,
                                         std::size_t count) {
  const auto channels = static_cast<std::int64_t>(count);
  if (const auto beyond = style.channels->first_beyond(channels))
    throw_usage("--channel {}: {} has the channels 0 to {}", *beyond, layer, channels - 1);
  return style.channels->below(channels);
}

std::vector<render::Map> render_maps(const std::vector<FeatureMap>& maps, const Engine& engine,
                                     std::size_t node) {
  const std::vector<std::int64_t> frozen = engine.frozen_channels(node);
  std::vector<render::Map> list;
  for (const FeatureMap& m : maps) {
    render::Map map;
    map.channel = static_cast<int>(m.channel);
    map.rows = static_cast<int>(m.rows);
    map.cols = static_cast<int>(m.cols);
    map.values = m.values;
    map.dead = m.dead;
    map.frozen = std::ranges::binary_search(frozen, m.channel);
    list.push_back(map);
  }
  return list;
}

render::Scene layer_sheet(const SheetSource& s, std::size_t node, const SheetStyle& style,
                          const render::Page& page) {
  const Tensor output = s.trace.outputs[node].item(s.item);
  const Shape& shape = output.shape();
  const bool first = s.engine.structure().nodes[node].channels_first;
  if (const OutputKind* kind = output_of(s, node)) {
    render::ScoreBars bars = score_bars(s, *kind, style, page);
    bars.top = 20;
    return draw(bars);
  }
  if (shape.rank() <= 1) {
    render::UnitBars bars;
    bars.values = output.values();
    bars.frozen = frozen_of(s.engine, node);
    bars.map = style.map;
    bars.theme = style.theme;
    bars.page = page;
    set_heading(bars, s, node, shape);
    return draw(bars);
  }
  const std::vector<FeatureMap> maps = feature_maps(output, first);
  if (shape.rank() == 2) {
    std::vector<float> rows;
    for (const FeatureMap& m : maps) rows.insert(rows.end(), m.values.begin(), m.values.end());
    render::SequenceSheet sheet;
    sheet.channels = static_cast<int>(maps.size());
    sheet.length = maps.empty() ? 0 : static_cast<int>(maps[0].values.size());
    sheet.values = rows;
    sheet.frozen = frozen_of(s.engine, node);
    sheet.scale = style.scale;
    sheet.map = style.map;
    sheet.theme = style.theme;
    sheet.page = page;
    set_heading(sheet, s, node, shape);
    return draw(sheet);
  }
  render::MapGrid grid;
  grid.maps = chosen_maps(s, node, maps, style);
  grid.scale = style.scale;
  grid.map = style.map;
  grid.theme = style.theme;
  grid.page = page;
  set_heading(grid, s, node, shape);
  return draw(grid);
}

render::Scene overview_sheet(const SheetSource& s, const std::vector<bool>& kept, const SheetStyle& style,
                             const render::Page& page) {
  const Model& model = s.engine.model();
  render::Overview sheet;
  sheet.title = model_title(model);
  sheet.subtitle = caption(s);
  sheet.map = style.map;
  sheet.theme = style.theme;
  sheet.page = page;
  sheet.input = input_picture(s);
  const OutputKind* const classifier = classifier_of(s.outputs);
  std::optional<std::size_t> last;
  if (classifier != nullptr) {
    last = static_cast<std::size_t>(classifier->value.node);
    sheet.scores = score_bars(s, *classifier, style, page);
  }
  const std::vector<LayerBlock> blocks = layer_blocks(model, s.engine.structure(), kept, last);
  // Cards look at numbers that must outlive draw().
  std::vector<std::vector<FeatureMap>> maps(blocks.size());
  for (std::size_t b = 0; b < blocks.size(); ++b) {
    const LayerBlock& block = blocks[b];
    const Tensor output = s.trace.outputs[block.last].item(s.item);
    render::Block card;
    card.name = model.nodes[block.first].path;
    card.kind = model.layer_of(model.nodes[block.first]).kind;
    card.shape_text = output.shape().str(" × ");
    if (!block.folded.empty()) card.note = fmt::format("+ {}", fmt::join(block.folded, ", "));
    std::vector<int> frozen = frozen_of(s.engine, block.first);
    if (frozen.empty()) frozen = frozen_of(s.engine, block.last);
    if (!frozen.empty())
      card.note += fmt::format("{}frozen: {}", card.note.empty() ? "" : "; ", fmt::join(frozen, ","));
    const render::Range range = render::range_of(output.values());
    card.lo = range.lo;
    card.hi = range.hi;
    if (output.shape().rank() <= 1) {
      card.units = output.values();
      card.channels = static_cast<int>(output.size());
    } else {
      maps[b] = feature_maps(output, s.engine.structure().nodes[block.last].channels_first);
      card.channels = static_cast<int>(maps[b].size());
      card.maps = render::most_active(render_maps(maps[b], s.engine, block.last));
    }
    sheet.blocks.push_back(std::move(card));
  }
  return draw(sheet);
}

render::Scene gradient_sheet(const SheetSource& s, const Tensor& gradient, const std::string& meaning,
                             const SheetStyle& style, const render::Page& page) {
  const Model& model = s.engine.model();
  const auto node = static_cast<std::size_t>(model.inputs[0].value.node);
  if (gradient.shape().rank() < 2) {
    render::UnitBars bars;
    bars.values = gradient.values();
    bars.meaning = "gradient";
    set_heading(bars, s, node, gradient.shape());
    bars.title = meaning;
    bars.theme = style.theme;
    bars.page = page;
    return draw(bars);
  }
  const std::vector<FeatureMap> maps =
      feature_maps(gradient, s.engine.structure().nodes[node].channels_first);
  render::MapGrid grid;
  grid.maps = render_maps(maps, s.engine, node);
  grid.scale = render::ScaleMode::symmetric;
  grid.meaning = "gradient";
  set_heading(grid, s, node, gradient.shape());
  grid.title = meaning;
  grid.theme = style.theme;
  grid.page = page;
  return draw(grid);
}

Bytes picture(const render::Compose& compose, render::PictureFormat format, const std::string& title,
              const std::vector<std::string>& sources, const SheetStyle& style) {
  const render::Provenance origin{title, "nv " NV_VERSION, style.command, sources};
  return encode(printed(compose, style.print), format, style.print.resolution(), origin);
}

}  // namespace nv
