#include "nv/figures/pass/terminal.h"

#include <fmt/format.h>

#include "nv/core/text.h"
#include "nv/figures/drawable.h"
#include "nv/figures/input_picture.h"
#include "nv/figures/pass/overview.h"
#include "nv/render/backends/terminal.h"
#include "nv/render/charts/strips.h"

namespace nv::figures {

namespace {

constexpr int map_side = 16, input_side = 32;  // px of a map and of an input

/// How a pass is drawn in a terminal.
struct Terminal {
  const Pass& pass;
  const Style& style;
  TerminalColours colours;
  int columns;

  std::string line(std::string_view text) const {
    return shortened(one_line(text), static_cast<std::size_t>(std::max(columns, 1))) + '\n';
  }
  std::string characters(const render::TerminalPicture& picture) const {
    if (colours == TerminalColours::none) return shades(picture);
    return colours == TerminalColours::xterm_256 ? half_blocks_256(picture) : half_blocks_24(picture);
  }
  render::ValueScale scale_of(const render::Range& range) const {
    return range.lo < 0 || style.scale == render::ScaleMode::symmetric
               ? render::symmetric_scale(range, style.theme.diverging)
               : render::sequential_scale(range, style.map);
  }
  /// The values of node `node` below `heading`.
  std::string values(const std::string& heading, const Tensor& output, std::size_t node) const;
};

std::string Terminal::values(const std::string& heading, const Tensor& output, std::size_t node) const {
  const render::Range range = render::range_of(output.values());
  const std::string text =
      line(fmt::format("{}  {}  {} … {}", heading, output.shape().str(" x "),
                       render::compact_number(range.lo), render::compact_number(range.hi)));
  if (output.shape().rank() <= 1)
    return text + characters(render::unit_strip(output.values(), scale_of(range), columns, map_side / 2));
  const std::vector<FeatureMap> maps =
      feature_maps(output, pass.engine.structure().nodes[node].channels_first);
  const std::vector<render::Map> best =
      most_active(drawable(maps, pass.engine, node), static_cast<std::size_t>(columns));
  if (best.empty()) return text + line(fmt::format("no active channel of {}", maps.size()));
  const render::MapStrip strip = render::map_strip(best, scale_of(range), columns, map_side);
  std::vector<std::string> numbers;
  for (std::size_t i = 0; i < strip.shown; ++i) numbers.push_back(std::to_string(best[i].channel));
  return text +
         line(fmt::format("{} of {} channels, most active first: {}", strip.shown, maps.size(),
                          fmt::join(numbers, ", "))) +
         characters(strip.picture);
}

std::string input_text(const Terminal& terminal, std::size_t index) {
  const Pass& pass = terminal.pass;
  const Model& model = pass.engine.model();
  const Tensor& values = pass.input.tensors[index];
  const auto node = static_cast<std::size_t>(model.inputs[index].value.node);
  std::string heading = model.inputs.size() > 1 ? "input " + model.inputs[index].name : "input";
  const InputPicture shown = input_picture(pass.engine, pass.input, index, pass.preprocess);
  if (!shown.picture.whole()) return terminal.values(heading, values, node);
  heading += "  " + values.shape().str(" x ");
  if (!shown.original_size.empty()) heading += "  resized from " + shown.original_size;
  if (!shown.range.empty()) heading += "  black to white: " + shown.range;
  return terminal.line(heading) +
         terminal.characters(render::picture_strip(shown.picture, terminal.columns, input_side));
}

std::string layer_text(const Terminal& terminal, const LayerBlock& block) {
  const Model& model = terminal.pass.engine.model();
  std::string heading =
      fmt::format("{}  {}", model.nodes[block.first].path, model.layer_of(model.nodes[block.first]).kind);
  if (!block.folded.empty()) heading += fmt::format(" + {}", fmt::join(block.folded, ", "));
  return terminal.values(heading, terminal.pass.trace.outputs[block.last].item(terminal.pass.item),
                         block.last);
}

}  // namespace

std::string terminal_text(const Pass& pass, const std::vector<bool>& kept, const Style& style,
                          TerminalColours colours, int columns) {
  const Terminal terminal{pass, style, colours, columns};
  std::optional<std::size_t> scores;
  if (const OutputKind* const classifier = classifier_of(pass.outputs))
    scores = static_cast<std::size_t>(classifier->value.node);
  std::string text = "\n";
  for (std::size_t i = 0; i < pass.input.tensors.size(); ++i) text += input_text(terminal, i) + '\n';
  for (const LayerBlock& block : layer_blocks(pass.engine.model(), pass.engine.structure(), kept, scores))
    text += layer_text(terminal, block) + '\n';
  return text;
}

}  // namespace nv::figures
