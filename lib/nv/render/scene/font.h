// Measures and draws text: in Liberation Sans, embedded in the library, so that it is the same on every
// machine, and letters that it lacks in another font.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/render/scene/scene.h"

namespace nv::render {

class Face;

/// A glyph of a line of text.
struct PlacedGlyph {
  const Face* face = nullptr;  ///< nullptr: a box, for a letter that no font has
  std::uint32_t index = 0;     ///< in the face
  double x = 0, y = 0;         ///< px, of its pen from the start of the baseline; y downwards
};

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
  /// Characters that the embedded font lacks are drawn by `fallback`, or as boxes if it is empty.
  explicit Font(std::shared_ptr<FontFallback> fallback = {});
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

  /// The glyphs of one line, from left to right.
  std::vector<PlacedGlyph> line(std::string_view text, double size, FontWeight weight) const;

  /// The pixels of a placed glyph at `size` px, moved right by `quarter` quarters of a pixel (0..3). The span
  /// is valid until the next call.
  Glyph glyph(const PlacedGlyph& placed, double size, int quarter);

 private:
  struct State;
  /// Letters that stay together: where they begin in the text, and their advance in px.
  struct Piece {
    std::size_t begin;
    double advance;
  };
  std::vector<Piece> pieces(std::string_view text, double size, FontWeight weight) const;

  std::unique_ptr<State> state_;
};

}  // namespace nv::render
