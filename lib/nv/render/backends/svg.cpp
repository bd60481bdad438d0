#include "nv/render/backends/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <string_view>

#include "nv/core/base64.h"
#include "nv/core/text.h"
#include "nv/core/xml.h"
#include "nv/render/backends/cells.h"
#include "nv/render/backends/png.h"
#include "nv/render/text/shape.h"

namespace nv::render {

namespace {

/// At most three decimals: below what print resolves.
std::string number(double value) {
  std::string text = fmt::format("{:.3f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string hex(Rgb c) {
  return fmt::format("#{:02x}{:02x}{:02x}", c.r, c.g, c.b);
}

/// For text and attributes; what XML cannot hold (control characters, invalid UTF-8) is replaced.
std::string escaped(std::string_view text) {
  return xml_escaped(one_line(text));
}

std::string dashes(const Stroke& stroke) {
  return stroke.dash > 0 ? fmt::format(" stroke-dasharray=\"{}\"", number(stroke.dash)) : "";
}

std::string stroke_text(const std::optional<Stroke>& stroke) {
  if (!stroke) return {};
  return fmt::format(" stroke=\"{}\" stroke-width=\"{}\"{}", hex(stroke->colour), number(stroke->width),
                     dashes(*stroke));
}

std::string fill_text(const std::optional<Rgb>& fill) {
  return fill ? hex(*fill) : "none";
}

std::string points_text(std::span<const Point> points) {
  std::string text;
  for (const Point& p : points)
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", number(p.x), number(p.y));
  return text;
}

/// An <image> of the cells.
std::string picture(const Cells& cells, double x, double y, double width, double height) {
  Image image{cells.columns, cells.rows, {}};
  image.rgb.reserve(3 * cells.pixels.size());
  for (const Rgb p : cells.pixels) image.rgb.insert(image.rgb.end(), {p.r, p.g, p.b});
  return fmt::format(
      "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" "
      "image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\" "
      "xlink:href=\"data:image/png;base64,{}\"/>\n",
      number(x), number(y), number(width), number(height), base64(encode_png(image)));
}

constexpr std::string_view families = "Liberation Sans, Arial, Helvetica";

/// Attributes of a text with letters that the embedded font lacks: the fonts that it was measured in, and its
/// width, which a program without them keeps by stretching.
std::string shaped_attributes(const Text& t, const ShapedLine& line) {
  std::string others;
  for (const ShapedGlyph& g : line.glyphs) {
    if (g.face == nullptr || g.face == &embedded_face(t.weight)) continue;
    std::string family = g.face->family();
    std::erase_if(family, [](char c) { return c == '\'' || c == '\\'; });
    family = fmt::format(", '{}'", escaped(family));
    if (others.find(family) == others.npos) others += family;
  }
  return fmt::format(" font-family=\"{}{}, sans-serif\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\"",
                     families, others, number(line.width * t.size));
}

/// Appends one element per item.
struct SvgWriter {
  std::string& out;
  FontFallback* fallback;

  void operator()(const Rect& r) const {
    const double inset = r.stroke ? r.stroke->width / 2 : 0;  // the stroke lies inside the edges
    out += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"{} shape-rendering=\"crispEdges\"/>\n",
        number(r.x + inset), number(r.y + inset), number(std::max(0.0, r.width - 2 * inset)),
        number(std::max(0.0, r.height - 2 * inset)), fill_text(r.fill), stroke_text(r.stroke));
  }
  void operator()(const Polyline& l) const {
    out += fmt::format("<polyline points=\"{}\" fill=\"none\"{}/>\n", points_text(l.points),
                       stroke_text(l.stroke));
  }
  void operator()(const Polygon& p) const {
    const std::string opacity =
        p.opacity < 1 ? fmt::format(" fill-opacity=\"{}\"", number(std::max(0.0, p.opacity))) : "";
    out += fmt::format("<polygon points=\"{}\" fill=\"{}\"{}{}/>\n", points_text(p.points), fill_text(p.fill),
                       opacity, stroke_text(p.stroke));
  }
  void operator()(const Text& t) const {
    const std::string_view anchor = t.anchor == Anchor::start    ? ""
                                    : t.anchor == Anchor::middle ? " text-anchor=\"middle\""
                                                                 : " text-anchor=\"end\"";
    const std::string turn =
        t.turn == Turn::up ? fmt::format(" transform=\"rotate(-90 {} {})\"", number(t.x), number(t.y)) : "";
    std::string text = one_line(t.text), more;
    if (needs_shaping(text, t.weight)) {
      more = shaped_attributes(t, shaped(text, t.weight, fallback));
      text = isolated(text);
    }
    out +=
        fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}{}{} fill=\"{}\"{}>{}</text>\n", number(t.x),
                    number(t.y), number(t.size), t.weight == FontWeight::bold ? " font-weight=\"bold\"" : "",
                    more, anchor, hex(t.colour), turn, xml_escaped(text));
  }
  void operator()(const Bitmap& b) const {
    const Cells cells = enlarged(b);
    if (cells.pixels.empty()) return;
    out += picture(cells, b.x, b.y, b.width(), b.height());
    if (b.frame) (*this)(frame_of(b));
  }
  void operator()(const Gradient& g) const {
    if (!g.stops.empty()) out += picture(bands(g), g.x, g.y, g.width, g.height);
  }
};

/// A whole number of px, else mm, since print sizes are often whole mm.
std::string length_text(double px) {
  if (std::abs(px - std::round(px)) < 1e-6) return fmt::format("{:.0f}", px);
  std::string mm = fmt::format("{:.4f}", px / 96 * 25.4);
  mm.erase(mm.find_last_not_of('0') + 1);
  if (mm.back() == '.') mm.pop_back();
  return mm + "mm";
}

/// Dublin Core, which Inkscape and picture libraries read.
std::string metadata(const Provenance& p) {
  std::string fields;
  const auto add = [&fields](std::string_view name, const std::string& text) {
    if (!text.empty()) fields += fmt::format("<dc:{0}>{1}</dc:{0}>\n", name, escaped(text));
  };
  add("title", p.title);
  add("creator", p.program);
  add("description", p.command);
  for (const std::string& source : p.sources) add("source", source);
  if (fields.empty()) return {};
  return fmt::format(
      "<metadata>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\n<rdf:Description rdf:about=\"\">\n{}"
      "</rdf:Description>\n</rdf:RDF>\n</metadata>\n",
      fields);
}

}  // namespace

std::string encode_svg(const Scene& scene, double width, const Provenance& provenance) {
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" "
      "version=\"1.1\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" xml:space=\"preserve\" "
      "font-family=\"{}, sans-serif\">\n",
      length_text(width), length_text(scene.height * width / scene.width), number(scene.width),
      number(scene.height), families);
  if (!provenance.title.empty()) out += fmt::format("<title>{}</title>\n", escaped(provenance.title));
  out += metadata(provenance);
  const SvgWriter writer{out, scene.fallback.get()};
  writer(Rect{0, 0, scene.width, scene.height, scene.background, std::nullopt});
  for (const Item& item : scene.items) std::visit(writer, item);
  out += "</svg>\n";
  return out;
}

}  // namespace nv::render
