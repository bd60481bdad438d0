#include "nv/figures/pass/terminal.h"

#include <fmt/format.h>

#include "nv/core/text.h"
#include "nv/figures/drawable.h"
#include "nv/figures/pass/overview.h"
#include "nv/render/backends/terminal.h"
#include "nv/render/charts/strips.h"

namespace nv::figures {

namespace {

constexpr int side = 16;  // px of a map

std::string characters(const render::TerminalPicture& picture, TerminalColours colours) {
  if (colours == TerminalColours::none) return shades(picture);
  return colours == TerminalColours::xterm_256 ? half_blocks_256(picture) : half_blocks_24(picture);
}

std::string layer_text(const Pass& pass, const LayerBlock& block, const Style& style, TerminalColours colours,
                       int columns) {
  const Model& model = pass.engine.model();
  const Tensor output = pass.trace.outputs[block.last].item(pass.item);
  const render::Range range = render::range_of(output.values());
  const render::ValueScale scale = range.lo < 0 || style.scale == render::ScaleMode::symmetric
                                       ? render::symmetric_scale(range, style.theme.diverging)
                                       : render::sequential_scale(range, style.map);
  std::string heading = fmt::format("{}  {}", one_line(model.nodes[block.first].path),
                                    one_line(model.layer_of(model.nodes[block.first]).kind));
  if (!block.folded.empty()) heading += fmt::format(" + {}", fmt::join(block.folded, ", "));
  heading += fmt::format("  {}", output.shape().str(" x "));
  if (output.shape().rank() <= 1)
    return heading + '\n' +
           characters(render::unit_strip(output.values(), scale, columns, side / 2), colours);
  const std::vector<FeatureMap> maps =
      feature_maps(output, pass.engine.structure().nodes[block.last].channels_first);
  const std::vector<render::Map> best =
      most_active(drawable(maps, pass.engine, block.last), static_cast<std::size_t>(columns));
  std::vector<std::string> numbers;
  const render::MapStrip strip = render::map_strip(best, scale, columns, side);
  for (std::size_t i = 0; i < strip.shown; ++i) numbers.push_back(std::to_string(best[i].channel));
  if (best.empty()) return heading + "  no active map\n";
  return fmt::format("{}  channels {}\n{}", heading, fmt::join(numbers, ", "),
                     characters(strip.picture, colours));
}

}  // namespace

std::string terminal_text(const Pass& pass, const std::vector<bool>& kept, const Style& style,
                          TerminalColours colours, int columns) {
  std::optional<std::size_t> scores;
  if (const OutputKind* const classifier = classifier_of(pass.outputs))
    scores = static_cast<std::size_t>(classifier->value.node);
  std::string text;
  for (const LayerBlock& block : layer_blocks(pass.engine.model(), pass.engine.structure(), kept, scores))
    text += layer_text(pass, block, style, colours, columns) + '\n';
  return text;
}

}  // namespace nv::figures
