// `nv run --terminal`: maps drawn where the text is.
#pragma once

#include <string>
#include <vector>

#include "shared/console.h"
#include "sheets.h"

namespace nv {

/// What a terminal can show, from the least.
enum class Graphics { shades, colours_256, colours_24, sixel, kitty };

/// By the environment alone (TERM, TERM_PROGRAM, COLORTERM, ...): a terminal is not asked, since an answer
/// that never comes would hang, and one that comes late would be read as input. Colours as Console::colors
/// has them; pictures in pixels only on a terminal itself, and not inside tmux or screen.
Graphics terminal_graphics(const Console& console);

/// The overview (one layer's sheet where one is chosen) as a picture in pixels, or else a heading and a strip
/// of the most active maps for each layer of `kept`, `columns` characters wide.
std::string terminal_picture(const SheetSource& source, const std::vector<bool>& kept,
                             const SheetStyle& style, Graphics graphics, int columns);

}  // namespace nv
