#include "nv/render/backends/pdf.h"

#include <hpdf.h>
// Installed with hpdf.h, which can load fonts from files only.
#include <hpdf_doc.h>
#include <hpdf_fontdef.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "nv/core/error.h"
#include "nv/core/text.h"
#include "nv/render/backends/cells.h"
#include "nv/render/backends/pdf_glyphs.h"
#include "nv/render/text/shape.h"

namespace nv::render {

namespace {

constexpr double point = 72.0 / 96.0;  // of a px
constexpr double longest = 14400;      // points
constexpr double largest_font = 600;   // libharu's bound

float real(double value) {
  return static_cast<float>(std::clamp(value, -32000.0, 32000.0));
}

/// A document of libharu. No error handler is set: calls after a failure do nothing, and `check` reports it.
class Document {
 public:
  Document() : doc_(HPDF_New(nullptr, nullptr), HPDF_Free) {
    if (!doc_) throw_output("a PDF file: out of memory");
    HPDF_SetCompressionMode(get(), HPDF_COMP_ALL);
    HPDF_UseUTFEncodings(get());
    HPDF_SetCurrentEncoder(get(), "UTF-8");
  }
  HPDF_Doc get() const { return doc_.get(); }

  /// An embedded face.
  HPDF_Font font(std::span<const std::uint8_t> file) {
    HPDF_Stream stream = HPDF_MemStream_New(get()->mmgr, static_cast<HPDF_UINT>(file.size()));
    if (stream == nullptr ||
        HPDF_Stream_Write(stream, file.data(), static_cast<HPDF_UINT>(file.size())) != HPDF_OK)
      throw_output("a PDF file: out of memory");
    // From here on the definition owns the stream, and the document owns the definition.
    HPDF_FontDef definition = HPDF_TTFontDef_Load(get()->mmgr, stream, HPDF_TRUE);
    check();
    if (HPDF_Doc_RegisterFontDef(get(), definition) != HPDF_OK) check();
    set_tag(definition);
    HPDF_Font font = HPDF_GetFont(get(), definition->base_font, "UTF-8");
    check();
    tell_letters(font);
    return font;
  }

  void set_info(HPDF_InfoType type, const std::string& text) {
    if (!text.empty()) HPDF_SetInfoAttr(get(), type, one_line(text).c_str());
  }

  void check() const {
    if (const HPDF_STATUS status = HPDF_GetError(get()); status != HPDF_OK)
      throw_output("a PDF file cannot be made: libharu's error 0x{:04x}", status);
  }

  Bytes bytes() {
    HPDF_SaveToStream(get());
    check();
    HPDF_UINT32 size = HPDF_GetStreamSize(get());
    Bytes out(size);
    HPDF_ResetStream(get());
    HPDF_ReadFromStream(get(), reinterpret_cast<HPDF_BYTE*>(out.data()), &size);
    out.resize(size);
    return out;
  }

 private:
  /// The name of an embedded subset must begin with six letters.
  void set_tag(HPDF_FontDef definition) {
    std::string tag = "HPDFA";
    tag += static_cast<char>('A' + fonts_++);
    HPDF_TTFontDef_SetTagName(definition, tag.data());
  }

  /// Replaces the ToUnicode map: libharu's uses operators for CIDs, which readers reject, so that text could
  /// not be searched or copied. The codes of this encoding are those of Unicode.
  static void tell_letters(HPDF_Font font) {
    auto* const cmap = static_cast<HPDF_Dict>(HPDF_Dict_GetItem(font, "ToUnicode", HPDF_OCLASS_DICT));
    if (cmap == nullptr || cmap->stream == nullptr) return;
    std::string text =
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 "
        "begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n";
    constexpr int pages = 256, at_once = 64;  // a range stays within one value of the first byte
    for (int first = 0; first < pages; first += at_once) {
      text += fmt::format("{} beginbfrange\n", at_once);
      for (int p = first; p < first + at_once; ++p)
        text += fmt::format("<{0:02X}00> <{0:02X}FF> <{0:02X}00>\n", p);
      text += "endbfrange\n";
    }
    text += "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n";
    HPDF_MemStream_FreeData(cmap->stream);
    HPDF_Stream_WriteStr(cmap->stream, text.c_str());
  }

  std::unique_ptr<std::remove_pointer_t<HPDF_Doc>, void (*)(HPDF_Doc)> doc_;
  int fonts_ = 0;
};

/// Draws items in the scene's coordinates: the page's matrix flips y.
class PdfPainter {
 public:
  PdfPainter(Document& document, HPDF_Page page, FontFallback* fallback)
      : document_(document),
        page_(page),
        fallback_(fallback),
        glyphs_(document.get()),
        fonts_{document.font(font_file(FontWeight::regular)), document.font(font_file(FontWeight::bold))} {}

  void operator()(const Rect& r) {
    if (r.fill) {
      fill_colour(*r.fill);
      HPDF_Page_Rectangle(page_, real(r.x), real(r.y), real(r.width), real(r.height));
      HPDF_Page_Fill(page_);
    }
    if (!r.stroke) return;
    const double inset = r.stroke->width / 2;  // the stroke lies inside the edges
    set(*r.stroke);
    HPDF_Page_Rectangle(page_, real(r.x + inset), real(r.y + inset), real(std::max(0.0, r.width - 2 * inset)),
                        real(std::max(0.0, r.height - 2 * inset)));
    HPDF_Page_Stroke(page_);
  }
  void operator()(const Polyline& l) {
    if (l.points.size() < 2) return;
    set(l.stroke);
    trace(l.points);
    HPDF_Page_Stroke(page_);
  }
  void operator()(const Polygon& p) {
    if (p.points.size() < 2) return;
    if (p.fill) {
      HPDF_Page_GSave(page_);
      if (p.opacity < 1) HPDF_Page_SetExtGState(page_, opacity(p.opacity));
      fill_colour(*p.fill);
      trace(p.points);
      HPDF_Page_ClosePath(page_);
      HPDF_Page_Fill(page_);
      HPDF_Page_GRestore(page_);
    }
    if (!p.stroke) return;
    set(*p.stroke);
    trace(p.points);
    HPDF_Page_ClosePathStroke(page_);
  }
  void operator()(const Text& t);
  void operator()(const Bitmap& b);
  void operator()(const Gradient& g);

 private:
  void fill_colour(Rgb c) {
    HPDF_Page_SetRGBFill(page_, static_cast<float>(c.r) / 255, static_cast<float>(c.g) / 255,
                         static_cast<float>(c.b) / 255);
  }
  void set(const Stroke& stroke) {
    const Rgb c = stroke.colour;
    HPDF_Page_SetRGBStroke(page_, static_cast<float>(c.r) / 255, static_cast<float>(c.g) / 255,
                           static_cast<float>(c.b) / 255);
    HPDF_Page_SetLineWidth(page_, real(stroke.width));
    const auto dash = static_cast<HPDF_UINT16>(std::clamp(std::lround(stroke.dash), 1L, 100L));
    HPDF_Page_SetDash(page_, stroke.dash > 0 ? &dash : nullptr, stroke.dash > 0 ? 1 : 0, 0);
  }
  void trace(std::span<const Point> points) {
    HPDF_Page_MoveTo(page_, real(points[0].x), real(points[0].y));
    for (const Point& p : points.subspan(1)) HPDF_Page_LineTo(page_, real(p.x), real(p.y));
  }
  HPDF_ExtGState opacity(double share) {
    HPDF_ExtGState state = HPDF_CreateExtGState(document_.get());
    HPDF_ExtGState_SetAlphaFill(state, real(std::max(0.0, share)));
    return state;
  }
  void picture(const Cells& cells, double x, double y, double w, double h);
  void shaped_text(const Text& t, const std::string& text);
  void hidden_text(const std::string& text, HPDF_Font font, double size, double width);

  Document& document_;
  HPDF_Page page_;
  FontFallback* fallback_;
  PdfGlyphs glyphs_;
  std::array<HPDF_Font, 2> fonts_;
};

void PdfPainter::operator()(const Text& t) {
  if (t.text.empty() || !(t.size > 0)) return;
  HPDF_Font font = fonts_[static_cast<std::size_t>(t.weight)];
  const std::string text = one_line(t.text);
  if (needs_shaping(text, t.weight)) return shaped_text(t, text);
  HPDF_Page_BeginText(page_);
  HPDF_Page_SetFontAndSize(page_, font, real(std::min(t.size, largest_font)));
  fill_colour(t.colour);
  const double width =
      t.anchor == Anchor::start ? 0 : static_cast<double>(HPDF_Page_TextWidth(page_, text.c_str()));
  const double back = t.anchor == Anchor::middle ? width / 2 : width;
  if (t.turn == Turn::up)
    HPDF_Page_SetTextMatrix(page_, 0, -1, -1, 0, real(t.x), real(t.y + back));
  else
    HPDF_Page_SetTextMatrix(page_, 1, 0, 0, -1, real(t.x - back), real(t.y));
  HPDF_Page_ShowText(page_, text.c_str());
  HPDF_Page_EndText(page_);
}

/// Text with characters that the embedded font lacks: outlines, over text that is only found and copied.
void PdfPainter::shaped_text(const Text& t, const std::string& text) {
  const ShapedLine line = shaped(text, t.weight, fallback_);
  const double width = line.width * t.size;
  const double back = t.anchor == Anchor::start ? 0 : t.anchor == Anchor::middle ? width / 2 : width;
  HPDF_Page_GSave(page_);
  if (t.turn == Turn::up)
    HPDF_Page_Concat(page_, 0, -1, -1, 0, real(t.x), real(t.y + back));
  else
    HPDF_Page_Concat(page_, 1, 0, 0, -1, real(t.x - back), real(t.y));
  fill_colour(t.colour);
  hidden_text(displayed_order(text, line), fonts_[static_cast<std::size_t>(t.weight)],
              std::min<double>(t.size, largest_font), width);
  for (const ShapedGlyph& glyph : line.glyphs) glyphs_.draw(page_, glyph, t.size);
  HPDF_Page_GRestore(page_);
}

/// Invisible text from the origin, `width` wide.
void PdfPainter::hidden_text(const std::string& text, HPDF_Font font, double size, double width) {
  HPDF_Page_BeginText(page_);
  HPDF_Page_SetFontAndSize(page_, font, real(size));
  HPDF_Page_SetTextRenderingMode(page_, HPDF_INVISIBLE);
  const double natural = HPDF_Page_TextWidth(page_, text.c_str());
  if (natural > 0)
    HPDF_Page_SetHorizontalScalling(page_, real(std::clamp(100 * width / natural, 10.0, 300.0)));
  HPDF_Page_ShowText(page_, text.c_str());
  HPDF_Page_EndText(page_);
}

/// An image of the cells.
void PdfPainter::picture(const Cells& cells, double x, double y, double w, double h) {
  std::vector<HPDF_BYTE> rgb;
  rgb.reserve(3 * cells.pixels.size());
  for (const Rgb p : cells.pixels) rgb.insert(rgb.end(), {p.r, p.g, p.b});
  HPDF_Image image =
      HPDF_LoadRawImageFromMem(document_.get(), rgb.data(), static_cast<HPDF_UINT>(cells.columns),
                               static_cast<HPDF_UINT>(cells.rows), HPDF_CS_DEVICE_RGB, 8);
  document_.check();
  HPDF_Page_DrawImage(page_, image, real(x), real(y + h), real(w), real(-h));
}

void PdfPainter::operator()(const Bitmap& b) {
  const Cells cells = enlarged(b);
  if (cells.pixels.empty()) return;
  picture(cells, b.x, b.y, b.width(), b.height());
  if (b.frame) (*this)(frame_of(b));
}

void PdfPainter::operator()(const Gradient& g) {
  if (!g.stops.empty()) picture(bands(g), g.x, g.y, g.width, g.height);
}

void describe(Document& document, const Provenance& p) {
  document.set_info(HPDF_INFO_TITLE, p.title);
  document.set_info(HPDF_INFO_CREATOR, p.program);
  document.set_info(HPDF_INFO_SUBJECT, p.command);
  std::string sources;
  for (const std::string& source : p.sources) sources += (sources.empty() ? "" : ", ") + source;
  document.set_info(HPDF_INFO_KEYWORDS, sources);
}

}  // namespace

Bytes encode_pdf(const Scene& scene, double width, const Provenance& provenance) {
  const double scale = width / scene.width * point, height = scene.height * scale;
  if (!(width > 0) || std::max(width * point, height) > longest)
    throw Error(ErrorKind::output,
                fmt::format("a page of {:.0f} x {:.0f} inches cannot be a PDF file", width / 96, height / 72),
                "choose fewer channels or a smaller --width");
  Document document;
  HPDF_Page page = HPDF_AddPage(document.get());
  HPDF_Page_SetWidth(page, real(std::max(3.0, width * point)));
  HPDF_Page_SetHeight(page, real(std::max(3.0, height)));
  HPDF_Page_Concat(page, real(scale), 0, 0, real(-scale), 0, real(height));
  document.check();
  PdfPainter painter(document, page, scene.fallback.get());
  painter(Rect{0, 0, scene.width, scene.height, scene.background, std::nullopt});
  for (const Item& item : scene.items) std::visit(painter, item);
  describe(document, provenance);
  document.check();
  return document.bytes();
}

}  // namespace nv::render
