// `nv run --terminal`: draws maps in the terminal.
#pragma once

#include <string>
#include <vector>

#include "shared/console.h"
#include "shared/sheets.h"

namespace nv {

/// Graphics that a terminal supports.
enum class Graphics { shades, colours_256, colours_24, sixel, kitty };

/// From the environment only (TERM, TERM_PROGRAM, COLORTERM, ...): the terminal is not queried, since a
/// missing answer would block and a late one would be read as input. Colours as in Console::colors; sixel and
/// kitty only if stdout is a terminal, and not inside tmux or screen.
Graphics terminal_graphics(const Console& console);

/// With sixel or kitty the overview (the layer's sheet if only one is `kept`); else for each layer of `kept`
/// a heading and a strip of its most active maps, `columns` characters wide.
std::string terminal_picture(const SheetSource& source, const std::vector<bool>& kept,
                             const SheetStyle& style, Graphics graphics, int columns);

}  // namespace nv
