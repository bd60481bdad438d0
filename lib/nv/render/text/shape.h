// Lines of text whose letters join, combine, run from right to left, or are not in the embedded font.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "nv/render/text/face.h"
#include "nv/render/text/font_fallback.h"

namespace nv::render {

/// Width in em of the box for a letter that no font has.
constexpr double box_advance = 0.6;

struct ShapedGlyph {
  const Face* face = nullptr;  ///< nullptr: a box
  std::uint32_t glyph = 0;
  double x = 0, y = 0;    ///< em, from the start of the baseline; y upwards
  double advance = 0;     ///< em
  std::size_t begin = 0;  ///< byte of the text at which the glyph's letters begin
  bool reversed = false;  ///< its letters run from right to left
};

struct ShapedLine {
  std::vector<ShapedGlyph> glyphs;  ///< from left to right
  double width = 0;                 ///< em
};

/// Whether a line must be shaped: it has a letter that is not in the embedded font, runs from right to left,
/// or combines with the letter before it.
bool needs_shaping(std::string_view text, FontWeight weight);

/// Shapes a line of UTF-8. It runs from left to right; words in scripts that run from right to left do so in
/// their place, so that arrows and sizes between names keep their order. A letter that neither the embedded
/// font nor `fallback` (which may be nullptr) has is a box.
ShapedLine shaped(std::string_view text, FontWeight weight, FontFallback* fallback);

/// `text` with words that run from right to left enclosed in Unicode's isolates, unless they are all of it,
/// so that programs that display it order it as shaped() does.
std::string isolated(std::string_view text);

}  // namespace nv::render
