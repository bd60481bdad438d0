// Glyphs in a PDF file as outlines.
#pragma once

#include <hpdf.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "nv/render/text/shape.h"

namespace nv::render {

/// Glyphs of a document. Each is written once, as a form, and drawn any number of times.
class PdfGlyphs {
 public:
  explicit PdfGlyphs(HPDF_Doc document) : document_(document) {}

  /// Draws a glyph at `size` in the fill colour, its line starting at the origin, y upwards.
  void draw(HPDF_Page page, const ShapedGlyph& glyph, double size);

 private:
  HPDF_XObject form(const Face& face, std::uint32_t glyph);

  HPDF_Doc document_;
  std::map<std::pair<std::uint32_t, std::uint32_t>, HPDF_XObject> forms_;  ///< by face and glyph
};

/// The letters of a shaped line from left to right, as text in PDF files is; without those beyond 16 bits,
/// which libharu cannot write.
std::string displayed_order(std::string_view text, const ShapedLine& line);

}  // namespace nv::render
