#include "nv/render/text/shape.h"

#include <hb.h>

#include <algorithm>
#include <memory>
#include <span>

#include "nv/core/text.h"

namespace nv::render {

namespace {

using Buffer = std::unique_ptr<hb_buffer_t, decltype(&hb_buffer_destroy)>;

constexpr char32_t replacement = 0xFFFD, ellipsis_letter = 0x2026;

struct Letter {
  char32_t code = 0;
  std::size_t begin = 0;  ///< byte of the text
  int level = 0;          ///< of Unicode's bidirectional algorithm: 1 runs from right to left
  const Face* face = nullptr;
};

bool control(char32_t c) {
  return c < 32 || (c >= 127 && c < 160);
}

hb_script_t script_of(char32_t c) {
  return hb_unicode_script(hb_unicode_funcs_get_default(), c);
}

hb_unicode_general_category_t category_of(char32_t c) {
  return hb_unicode_general_category(hb_unicode_funcs_get_default(), c);
}

/// Whether `c` combines with the letter before it, or is invisible and selects its form.
bool combining(char32_t c) {
  if (c < 0x300) return false;
  const auto category = category_of(c);
  return category == HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK ||
         category == HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK ||
         category == HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK ||
         category == HB_UNICODE_GENERAL_CATEGORY_FORMAT;
}

bool decimal_digit(char32_t c) {
  return category_of(c) == HB_UNICODE_GENERAL_CATEGORY_DECIMAL_NUMBER;
}

/// Whether `c` is a letter, or a digit or sign, of a script that runs from right to left.
bool right_to_left(char32_t c) {
  if (c < 0x590) return false;
  const bool arabic_digit = (c >= 0x660 && c <= 0x66C) || (c >= 0x6F0 && c <= 0x6F9);
  return arabic_digit || c == 0x60C || c == 0x61B || c == 0x61F ||
         hb_script_get_horizontal_direction(script_of(c)) == HB_DIRECTION_RTL;
}

/// Sets the levels of words that run from right to left, with what is between two of them if it is spaces
/// and digits: all of a name in such a script, but not the arrow after it, nor a number.
void set_levels(std::vector<Letter>& letters) {
  for (std::size_t i = 0; i < letters.size();) {
    if (!right_to_left(letters[i].code)) {
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    for (std::size_t k = end; k < letters.size(); ++k) {
      const char32_t c = letters[k].code;
      const bool cut_off = c == ellipsis_letter && k == end;
      if (right_to_left(c) || cut_off || (combining(c) && k == end))
        end = k + 1;
      else if (c != ' ' && !decimal_digit(c))
        break;
    }
    for (std::size_t k = i; k < end; ++k) letters[k].level = decimal_digit(letters[k].code) ? 2 : 1;
    i = end;
  }
}

std::vector<Letter> letters_of(std::string_view text) {
  std::vector<Letter> letters;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t begin = text.size() - rest.size();
    const char32_t code = next_code_point(rest);
    letters.push_back({control(code) ? U' ' : code, begin});
  }
  set_levels(letters);
  return letters;
}

/// The letter that two make together, such as é; 0 if there is none.
char32_t composed(char32_t a, char32_t b) {
  hb_codepoint_t both = 0;
  return hb_unicode_compose(hb_unicode_funcs_get_default(), a, b, &both) != 0 ? both : 0;
}

/// Spaces and combining letters are drawn by the face of the letter before them if possible.
void set_faces(std::span<Letter> letters, FontWeight weight, FontFallback* fallback) {
  const Face* const embedded = &embedded_face(weight);
  const Face* before = nullptr;
  char32_t whole = 0;  // the letter before, with its marks
  for (Letter& letter : letters) {
    const char32_t c = letter.code, both = combining(c) ? composed(whole, c) : 0;
    const bool joins = before != nullptr && (c == ' ' || combining(c));
    if (joins && (before->glyph_index(c) != 0 || (both != 0 && before->glyph_index(both) != 0) ||
                  category_of(c) == HB_UNICODE_GENERAL_CATEGORY_FORMAT))
      letter.face = before;
    else if (c != replacement && embedded->glyph_index(c) != 0)
      letter.face = embedded;
    else if (c != replacement && fallback != nullptr)
      letter.face = fallback->face_for(c, weight);
    before = letter.face;
    whole = both != 0 ? both : c;
  }
}

bool common(hb_script_t script) {
  return script == HB_SCRIPT_COMMON || script == HB_SCRIPT_INHERITED || script == HB_SCRIPT_UNKNOWN;
}

/// Letters of one level, face and script.
struct Run {
  std::size_t first, count;
  int level;
};

std::vector<Run> runs_of(std::span<const Letter> letters) {
  std::vector<Run> runs;
  hb_script_t script = HB_SCRIPT_COMMON;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const hb_script_t here = script_of(letters[i].code);
    const bool other_script = !common(here) && !common(script) && here != script;
    if (i == 0 || letters[i].level != letters[i - 1].level || letters[i].face != letters[i - 1].face ||
        other_script) {
      runs.push_back({i, 0, letters[i].level});
      script = HB_SCRIPT_COMMON;
    }
    if (!common(here)) script = here;
    ++runs.back().count;
  }
  // Into the order of display: rule L2 of the bidirectional algorithm.
  for (int level = 2; level >= 1; --level)
    for (auto at = runs.begin(); at != runs.end();) {
      const auto last = std::find_if(at, runs.end(), [level](const Run& r) { return r.level < level; });
      std::reverse(at, last);
      at = std::find_if(last, runs.end(), [level](const Run& r) { return r.level >= level; });
    }
  return runs;
}

/// Appends the glyphs of a run, shaped by HarfBuzz.
void add_run(ShapedLine& line, std::span<const Letter> letters, const Run& run) {
  const Face& face = *letters[run.first].face;
  std::vector<hb_codepoint_t> codes;
  for (const Letter& letter : letters) codes.push_back(letter.code);
  const Buffer buffer(hb_buffer_create(), hb_buffer_destroy);
  hb_buffer_add_utf32(buffer.get(), codes.data(), static_cast<int>(codes.size()),
                      static_cast<unsigned>(run.first), static_cast<int>(run.count));
  hb_buffer_set_direction(buffer.get(), run.level == 1 ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
  hb_buffer_set_language(buffer.get(), hb_language_from_string("und", -1));
  hb_buffer_guess_segment_properties(buffer.get());
  hb_shape(face.shaper(), buffer.get(), nullptr, 0);
  unsigned count = 0;
  const hb_glyph_info_t* const infos = hb_buffer_get_glyph_infos(buffer.get(), &count);
  const hb_glyph_position_t* const places = hb_buffer_get_glyph_positions(buffer.get(), &count);
  const double em = face.units();
  for (unsigned i = 0; i < count; ++i) {
    line.glyphs.push_back({&face, infos[i].codepoint, line.width + places[i].x_offset / em,
                           places[i].y_offset / em, places[i].x_advance / em, letters[infos[i].cluster].begin,
                           run.level == 1});
    line.width += places[i].x_advance / em;
  }
}

void add_boxes(ShapedLine& line, std::span<const Letter> letters, const Run& run) {
  for (std::size_t i = 0; i < run.count; ++i) {
    const std::size_t k = run.level == 1 ? run.first + run.count - 1 - i : run.first + i;
    line.glyphs.push_back({nullptr, 0, line.width, 0, box_advance, letters[k].begin, run.level == 1});
    line.width += box_advance;
  }
}

}  // namespace

bool needs_shaping(std::string_view text, FontWeight weight) {
  const auto plain = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::ranges::all_of(text, plain)) return false;
  const Face& face = embedded_face(weight);
  while (!text.empty()) {
    const char32_t c = next_code_point(text);
    if (c < 0x80 || control(c) || c == replacement) continue;
    if (combining(c) || right_to_left(c) || face.glyph_index(c) == 0) return true;
  }
  return false;
}

ShapedLine shaped(std::string_view text, FontWeight weight, FontFallback* fallback) {
  std::vector<Letter> letters = letters_of(text);
  set_faces(letters, weight, fallback);
  ShapedLine line;
  for (const Run& run : runs_of(letters))
    if (letters[run.first].face != nullptr)
      add_run(line, letters, run);
    else
      add_boxes(line, letters, run);
  return line;
}

std::string isolated(std::string_view text) {
  const std::vector<Letter> letters = letters_of(text);
  if (std::ranges::all_of(letters, [](const Letter& l) { return l.level > 0; })) return std::string(text);
  std::string out;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const bool inside = letters[i].level > 0;
    if (inside && (i == 0 || letters[i - 1].level == 0)) out += "\u2067";  // right-to-left isolate
    const std::size_t end = i + 1 < letters.size() ? letters[i + 1].begin : text.size();
    out += text.substr(letters[i].begin, end - letters[i].begin);
    if (inside && (i + 1 == letters.size() || letters[i + 1].level == 0)) out += "\u2069";  // its end
  }
  return out;
}

}  // namespace nv::render
