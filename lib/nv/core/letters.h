// Properties of letters: columns on a terminal, places where a line may break.
#pragma once

#include <cstddef>
#include <string_view>

namespace nv {

/// Columns of UTF-8 text on a terminal: 2 for each Chinese, Japanese or Korean letter, 0 for each mark that
/// combines with the letter before it.
std::size_t display_width(std::string_view text);

/// Whether a letter is of a script that runs from right to left, such as Hebrew and Arabic.
bool runs_to_left(char32_t letter);

/// Whether a line may break between two letters without a space: beside Chinese and Japanese letters, but
/// not before closing nor after opening punctuation.
bool breaks_between(char32_t before, char32_t after);

}  // namespace nv
