#include "terminal_pictures.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "nv/core/text.h"
#include "nv/render/overview.h"
#include "nv/render/raster.h"
#include "nv/render/terminal.h"

namespace nv {

namespace {

constexpr int side = 16;  // pixels of a map in half blocks

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool any_of(std::string_view value, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [value](std::string_view b) { return value.starts_with(b); });
}

std::string drawn(const render::TerminalPicture& picture, Graphics graphics) {
  if (graphics == Graphics::shades) return shades(picture);
  return graphics == Graphics::colours_256 ? half_blocks_256(picture) : half_blocks_24(picture);
}

/// A heading and the most active maps, or all units.
std::string layer_text(const SheetSource& s, const LayerBlock& block, const SheetStyle& style,
                       Graphics graphics, int columns) {
  const Model& model = s.engine.model();
  const Tensor output = s.trace.outputs[block.last].item(s.item);
  const render::Range range = render::range_of(output.values());
  const render::ValueScale scale = range.lo < 0 || style.scale == render::ScaleMode::symmetric
                                       ? render::symmetric_scale(range)
                                       : render::sequential_scale(range, style.map);
  std::string heading = fmt::format("{}  {}", one_line(model.nodes[block.first].path),
                                    one_line(model.layer_of(model.nodes[block.first]).kind));
  if (!block.folded.empty()) heading += fmt::format(" + {}", fmt::join(block.folded, ", "));
  heading += fmt::format("  {}", output.shape().str(" x "));
  if (output.shape().rank() <= 1)
    return heading + '\n' + drawn(render::unit_strip(output.values(), scale, columns, side / 2), graphics);
  const std::vector<FeatureMap> maps =
      feature_maps(output, s.engine.structure().nodes[block.last].channels_first);
  const std::vector<render::Map> best =
      render::most_active(render_maps(maps, s.engine, block.last), static_cast<std::size_t>(columns));
  std::vector<std::string> numbers;
  const render::MapStrip strip = render::map_strip(best, scale, columns, side);
  for (std::size_t i = 0; i < strip.shown; ++i) numbers.push_back(std::to_string(best[i].channel));
  if (best.empty()) return heading + "  no active map\n";
  return fmt::format("{}  channels {}\n{}", heading, fmt::join(numbers, ", "),
                     drawn(strip.picture, graphics));
}

}  // namespace

Graphics terminal_graphics(const Console& console) {
  if (!console.colors()) return Graphics::shades;
  const std::string_view term = environment("TERM"), program = environment("TERM_PROGRAM");
  const bool inside = !environment("TMUX").empty() || any_of(term, {"tmux", "screen"});
  if (console.stdout_is_terminal() && !inside) {
    if (!environment("KITTY_WINDOW_ID").empty() || any_of(term, {"xterm-kitty", "xterm-ghostty"}) ||
        program == "ghostty")
      return Graphics::kitty;
    if (any_of(term, {"foot", "mlterm", "yaft", "contour"}) || term.find("sixel") != std::string_view::npos ||
        program == "WezTerm" || program == "mintty" || program == "iTerm.app")
      return Graphics::sixel;
  }
  const std::string_view depth = environment("COLORTERM");
  return depth == "truecolor" || depth == "24bit" ? Graphics::colours_24 : Graphics::colours_256;
}

std::string terminal_picture(const SheetSource& source, const std::vector<bool>& kept,
                             const SheetStyle& style, Graphics graphics, int columns) {
  if (graphics == Graphics::kitty || graphics == Graphics::sixel) {
    const bool one = std::count(kept.begin(), kept.end(), true) == 1;
    const auto node = static_cast<std::size_t>(std::find(kept.begin(), kept.end(), true) - kept.begin());
    const render::Compose compose = [&](const render::Page& page) {
      return one ? layer_sheet(source, node, style, page) : overview_sheet(source, kept, style, page);
    };
    const render::Printed sheet = printed(compose, style.print);
    if (graphics == Graphics::kitty)
      return render::kitty(encode(sheet, render::PictureFormat::png, style.print.resolution(), {}));
    return render::sixel(render::rasterise(sheet.scene, 1 / sheet.grain));
  }
  std::string text;
  // The class scores stand above, with their names.
  const OutputKind* const classifier = classifier_of(source.outputs);
  std::optional<std::size_t> scores;
  if (classifier != nullptr) scores = static_cast<std::size_t>(classifier->value.node);
  for (const LayerBlock& block : layer_blocks(source.engine.model(), source.engine.structure(), kept, scores))
    text += layer_text(source, block, style, graphics, columns) + '\n';
  return text;
}

}  // namespace nv
