#include "nv/render/backends/pdf_glyphs.h"

// Installed with hpdf.h, which has no function for forms.
#include <hpdf_doc.h>
#include <hpdf_objects.h>

#include <cmath>
#include <set>

#include "nv/core/error.h"
#include "nv/core/text.h"

namespace nv::render {

namespace {

std::string number(double value) {
  return fmt::format("{:g}", std::round(value * 10) / 10);
}

std::string pair(Point p) {
  return number(p.x) + ' ' + number(p.y) + ' ';
}

/// Two thirds of the way from a to b: a control point of a quadratic curve as one of a cubic.
Point towards(Point a, Point b) {
  return {a.x + (b.x - a.x) * 2 / 3, a.y + (b.y - a.y) * 2 / 3};
}

std::string path_text(const std::vector<OutlineStep>& outline) {
  using Kind = OutlineStep::Kind;
  std::string text;
  Point at;
  for (const OutlineStep& step : outline) {
    const auto& p = step.points;
    if (step.kind == Kind::move) text += (text.empty() ? "" : "h\n") + pair(p[0]) + "m\n";
    if (step.kind == Kind::line) text += pair(p[0]) + "l\n";
    if (step.kind == Kind::quadratic)
      text += pair(towards(at, p[0])) + pair(towards(p[1], p[0])) + pair(p[1]) + "c\n";
    if (step.kind == Kind::cubic) text += pair(p[0]) + pair(p[1]) + pair(p[2]) + "c\n";
    at = step.end();
  }
  return text + "f\n";
}

}  // namespace

HPDF_XObject PdfGlyphs::form(const Face& face, std::uint32_t glyph) {
  HPDF_XObject& form = forms_[{face.number(), glyph}];
  if (form != nullptr) return form;
  form = HPDF_DictStream_New(document_->mmgr, document_->xref);
  if (form == nullptr) throw_output("a PDF file: out of memory");
  form->header.obj_class |= HPDF_OSUBCLASS_XOBJECT;
  form->filter = HPDF_STREAM_FILTER_FLATE_DECODE;
  HPDF_Dict_AddName(form, "Type", "XObject");
  HPDF_Dict_AddName(form, "Subtype", "Form");
  const auto em = static_cast<float>(face.units());
  HPDF_Dict_Add(form, "BBox", HPDF_Box_Array_New(document_->mmgr, {-2 * em, -2 * em, 4 * em, 4 * em}));
  HPDF_Stream_WriteStr(form->stream, path_text(face.outline(glyph)).c_str());
  return form;
}

void PdfGlyphs::draw(HPDF_Page page, const ShapedGlyph& glyph, double size) {
  const auto real = [](double value) { return static_cast<float>(value); };
  HPDF_Page_GSave(page);
  if (glyph.face == nullptr) {  // a box, as a frame between two rectangles
    const double width = (box_advance - 0.15) * size, height = 0.69 * size, line = size / 14;
    const double x = (glyph.x + 0.075) * size;
    HPDF_Page_Rectangle(page, real(x), 0, real(width), real(height));
    HPDF_Page_Rectangle(page, real(x + line), real(line), real(width - 2 * line), real(height - 2 * line));
    HPDF_Page_Eofill(page);
  } else {
    const double scale = size / glyph.face->units();
    HPDF_Page_Concat(page, real(scale), 0, 0, real(scale), real(glyph.x * size), real(glyph.y * size));
    HPDF_Page_ExecuteXObject(page, form(*glyph.face, glyph.glyph));
  }
  HPDF_Page_GRestore(page);
}

std::string displayed_order(std::string_view text, const ShapedLine& line) {
  std::set<std::size_t> begins{text.size()};
  for (const ShapedGlyph& glyph : line.glyphs) begins.insert(glyph.begin);
  std::string out;
  std::size_t before = text.size();
  for (const ShapedGlyph& glyph : line.glyphs) {
    if (glyph.begin == before) continue;
    before = glyph.begin;
    std::string_view letters = text.substr(glyph.begin, *begins.upper_bound(glyph.begin) - glyph.begin);
    std::string group;  // of letters that are drawn together, such as ligatures
    while (!letters.empty()) {
      const std::string_view here = letters;
      if (next_code_point(letters) >= 0x10000) continue;
      const std::string letter(here.substr(0, here.size() - letters.size()));
      group = glyph.reversed ? letter + group : group + letter;
    }
    out += group;
  }
  return out;
}

}  // namespace nv::render
