// A pass as text: pictures and strips of maps for terminals.
#pragma once

#include <string>
#include <vector>

#include "nv/figures/pass/pass.h"

namespace nv::figures {

/// What the characters of a strip are drawn with.
enum class TerminalColours { none, xterm_256, rgb };

/// Each input of the model as it sees it, then for each layer of `kept` (by node) a heading and a strip of
/// its most active maps, or of all units of a vector. No line is wider than `columns` characters. The output
/// that classifies is left out.
std::string terminal_text(const Pass& pass, const std::vector<bool>& kept, const Style& style,
                          TerminalColours colours, int columns);

}  // namespace nv::figures
