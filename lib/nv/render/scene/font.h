// Liberation Sans, embedded in the library: text is the same on every machine.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "nv/render/scene/scene.h"

namespace nv::render {

/// Coverage of one glyph, 0..255, row by row. `left` and `top` are the offset in pixels of its first pixel
/// from the pen (y down, so `top` is negative for most).
struct Glyph {
  int left = 0, top = 0;
  int width = 0, height = 0;
  std::span<const std::uint8_t> coverage;
};

/// Measures and draws text of any size. Measuring is const and may be shared by threads; `glyph` caches what
/// it drew, so each thread needs its own Font. Constructing one takes about 20 microseconds.
class Font {
 public:
  Font();
  ~Font();
  Font(Font&&) noexcept;
  Font& operator=(Font&&) noexcept;

  /// Width in px of one line of UTF-8 at `size` px, kerning included.
  double width(std::string_view text, double size, FontWeight weight = FontWeight::regular) const;
  /// Heights above and below the baseline that hold every Latin letter with its accent; the height of "H";
  /// all px.
  double ascent(double size) const;
  double descent(double size) const;
  double cap_height(double size) const;

  /// `text`, or its beginning and an ellipsis, so that it is at most `width` px wide. Empty if not even the
  /// ellipsis fits.
  std::string fitted(std::string_view text, double size, double width,
                     FontWeight weight = FontWeight::regular) const;
  /// The same with the ellipsis in the middle: paths of layers differ at both ends.
  std::string fitted_middle(std::string_view text, double size, double width,
                            FontWeight weight = FontWeight::regular) const;

  /// Advance in px of `code`, including kerning with the code point `before` it (0 for none).
  double advance(char32_t before, char32_t code, double size, FontWeight weight) const;

  /// The glyph at `size` px, moved right by `quarter` quarters of a pixel (0..3). A code point that is not
  /// in the font is a small box. The span is valid until the next call.
  Glyph glyph(char32_t code, double size, FontWeight weight, int quarter);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The TrueType file of a face, for files that embed fonts.
std::span<const std::uint8_t> font_file(FontWeight weight);

}  // namespace nv::render
