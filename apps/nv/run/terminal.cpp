#include "run/terminal.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "nv/figures/pass/layer_sheet.h"
#include "nv/figures/pass/overview.h"
#include "nv/figures/pass/terminal.h"
#include "nv/render/backends/raster.h"
#include "nv/render/backends/terminal.h"

namespace nv {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view() : value;
}

bool any_of(std::string_view value, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [value](std::string_view b) { return value.starts_with(b); });
}

figures::TerminalColours colours_of(Graphics graphics) {
  if (graphics == Graphics::shades) return figures::TerminalColours::none;
  return graphics == Graphics::colours_256 ? figures::TerminalColours::xterm_256
                                           : figures::TerminalColours::rgb;
}

/// The sheet of the only layer of `kept`, else the overview.
render::Printed printed_sheet(const SheetSource& source, const std::vector<bool>& kept,
                              const SheetStyle& style) {
  const bool one = std::count(kept.begin(), kept.end(), true) == 1;
  const auto node = static_cast<std::size_t>(std::find(kept.begin(), kept.end(), true) - kept.begin());
  const render::Compose compose = [&](const render::Page& page) {
    return one ? figures::layer_sheet(source, node, style, page)
               : figures::overview_sheet(source, kept, style, page);
  };
  return printed(compose, style.print);
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
  if (graphics != Graphics::kitty && graphics != Graphics::sixel)
    return figures::terminal_text(source, kept, style, colours_of(graphics), columns);
  const render::Printed sheet = printed_sheet(source, kept, style);
  if (graphics == Graphics::kitty)
    return render::kitty(encode(sheet, render::PictureFormat::png, style.print.resolution(), {}));
  return render::sixel(render::rasterise(sheet.scene, 1 / sheet.grain));
}

}  // namespace nv
