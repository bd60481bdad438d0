#include "nv/core/letters.h"

#include <algorithm>
#include <span>

#include "nv/core/text.h"

namespace nv {

namespace {

struct Range {
  char32_t first, last;
};

bool within(std::span<const Range> ranges, char32_t c) {
  return std::ranges::any_of(ranges, [c](const Range& r) { return c >= r.first && c <= r.last; });
}

/// East_Asian_Width W or F in Unicode 15.
bool wide(char32_t c) {
  static constexpr Range ranges[] = {
      {0x1100, 0x115F},    // Hangul consonants
      {0x231A, 0x231B},    // watch, hourglass
      {0x2329, 0x232A},    // angle brackets
      {0x23E9, 0x23EC},    // double triangles
      {0x2E80, 0x303E},    // radicals, CJK punctuation
      {0x3041, 0x33FF},    // kana, bopomofo, compatibility
      {0x3400, 0x4DBF},    // CJK extension A
      {0x4E00, 0xA4CF},    // CJK, Yi
      {0xA960, 0xA97C},    // Hangul extended A
      {0xAC00, 0xD7A3},    // Hangul
      {0xF900, 0xFAFF},    // CJK compatibility
      {0xFE10, 0xFE19},    // vertical forms
      {0xFE30, 0xFE6F},    // CJK compatibility forms
      {0xFF01, 0xFF60},    // full-width forms
      {0xFFE0, 0xFFE6},    // full-width signs
      {0x16FE0, 0x18CFF},  // Tangut, Khitan
      {0x1AFF0, 0x1B2FB},  // kana supplements, Nushu
      {0x1F300, 0x1F64F},  // pictographs, emoticons
      {0x1F680, 0x1F6FF},  // transport
      {0x1F900, 0x1FAFF},  // further pictographs
      {0x20000, 0x3FFFD}   // CJK extensions B and later
  };
  return c >= 0x1100 && within(ranges, c);
}

/// Marks of the scripts that labels are likely to be in.
bool combines(char32_t c) {
  static constexpr Range ranges[] = {
      {0x300, 0x36F},  // Latin, Greek, Cyrillic
      {0x483, 0x489},  // Cyrillic
      {0x591, 0x5BD},  // Hebrew
      {0x5BF, 0x5BF},    {0x5C1, 0x5C2}, {0x5C4, 0x5C5},   {0x5C7, 0x5C7}, {0x610, 0x61A},  // Arabic
      {0x64B, 0x65F},    {0x670, 0x670}, {0x6D6, 0x6DC},   {0x6DF, 0x6E4}, {0x6E7, 0x6E8},
      {0x6EA, 0x6ED},    {0x900, 0x902},                                                    // Devanagari
      {0x93A, 0x93A},    {0x93C, 0x93C}, {0x941, 0x948},   {0x94D, 0x94D}, {0xE31, 0xE31},  // Thai
      {0xE34, 0xE3A},    {0xE47, 0xE4E}, {0x1160, 0x11FF},  // Hangul vowels and final consonants
      {0x1AB0, 0x1AFF},                                     // extended
      {0x1DC0, 0x1DFF},                                     // supplement
      {0x20D0, 0x20FF},                                     // for symbols
      {0x302A, 0x302D},                                     // CJK tones
      {0x3099, 0x309A},                                     // kana voicing
      {0xFE00, 0xFE0F},                                     // variation selectors
      {0xFE20, 0xFE2F},                                     // half marks
      {0xE0100, 0xE01EF}                                    // variation selectors
  };
  return c >= 0x300 && within(ranges, c);
}

bool one_of(std::u32string_view letters, char32_t c) {
  return letters.find(c) != letters.npos;
}

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  constexpr char32_t non_joiner = 0x200C, joiner = 0x200D;
  while (!text.empty()) {
    const char32_t c = next_code_point(text);
    columns += combines(c) || c == non_joiner || c == joiner ? 0 : wide(c) ? 2 : 1;
  }
  return columns;
}

bool runs_to_left(char32_t letter) {
  static constexpr Range ranges[] = {
      {0x590, 0x8FF}, {0xFB1D, 0xFDFF}, {0xFE70, 0xFEFE}, {0x10800, 0x10FFF}, {0x1E800, 0x1EFFF}};
  return within(ranges, letter);
}

bool breaks_between(char32_t before, char32_t after) {
  constexpr std::u32string_view closing =
      U"、。，．：；？！）］｝」』】〉》〕〗…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.:;?!)]}";
  constexpr std::u32string_view opening = U"（［｛「『【〈《〔〖([{";
  const auto breaks = [](char32_t c) { return wide(c) && c < 0x1F000; };
  return (breaks(before) || breaks(after)) && !combines(after) && !one_of(closing, after) &&
         !one_of(opening, before);
}

}  // namespace nv
