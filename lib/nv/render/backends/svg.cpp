#include "nv/render/backends/svg.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "nv/core/base64.h"
#include "nv/core/text.h"
#include "nv/core/xml.h"
#include "nv/render/backends/cells.h"
#include "nv/render/backends/png.h"
#include "nv/render/text/shape.h"

namespace nv::render {

namespace {

/// At most three decimals: below what print resolves.
std::string svg_number(double value) {
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
  return stroke.dash > 0 ? fmt::format(" stroke-dasharray=\"{}\"", svg_number(stroke.dash)) : "";
}

std::string points_text(std::span<const Point> points) {
  std::string text;
  for (const Point& p : points)
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", svg_number(p.x), svg_number(p.y));
  return text;
}

constexpr std::string_view families = "Liberation Sans, Arial, Helvetica";

/// Attributes of a text with characters that the embedded font lacks: the fonts that it was measured in, and
/// its width, which a program without them keeps by stretching.
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
                     families, others, svg_number(line.width * t.size));
}

/// Colours of a scene in two themes: as values, or as variables where they differ.
struct Paints {
  std::set<std::string> variables;

  std::string of(Rgb light, Rgb dark) {
    if (light == dark) return hex(light);
    const std::string name = hex(light).substr(1) + "-" + hex(dark).substr(1);
    variables.insert(name);
    return "var(--" + name + ")";
  }
  std::string fill(const std::optional<Rgb>& light, const std::optional<Rgb>& dark) {
    return light ? of(*light, *dark) : "none";
  }
  std::string stroke(const std::optional<Stroke>& light, const std::optional<Stroke>& dark) {
    if (!light) return {};
    return fmt::format(" stroke=\"{}\" stroke-width=\"{}\"{}", of(light->colour, dark->colour),
                       svg_number(light->width), dashes(*light));
  }
};

/// How bitmaps and pages of SVG are written.
struct SvgForm {
  bool in_html = false;  ///< an element of a page, else a file
  std::string_view reference() const { return in_html ? "href" : "xlink:href"; }
  /// Viewers of files smooth enlarged images; browsers need not.
  std::size_t most_pixels_per_cell() const { return in_html ? 1 : 8; }
};

/// Of an image, px.
struct Place {
  double x = 0, y = 0, width = 0, height = 0;
};

/// Appends one element per item; the second argument is the same item in the dark theme.
struct SvgWriter {
  std::string& out;
  Paints& paints;
  SvgForm form;
  FontFallback* fallback;

  /// An <image> of the cells; `attributes` begin with a space.
  void image(const Cells& cells, const Place& place, std::string_view attributes) const {
    Image image{cells.columns, cells.rows, {}};
    image.rgb.reserve(3 * cells.pixels.size());
    for (const Rgb p : cells.pixels) image.rgb.insert(image.rgb.end(), {p.r, p.g, p.b});
    out += fmt::format(
        "<image{} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" "
        "image-rendering=\"optimizeSpeed\" style=\"image-rendering:pixelated\" "
        "{}=\"data:image/png;base64,{}\"/>\n",
        attributes, svg_number(place.x), svg_number(place.y), svg_number(place.width),
        svg_number(place.height), form.reference(), base64(encode_png(image)));
  }
  void images(const Cells& light, const Cells& dark, const Place& place) const {
    const bool same = light.pixels == dark.pixels;
    image(light, place, same ? "" : " class=\"in-light\"");
    if (!same) image(dark, place, " class=\"in-dark\"");
  }

  void operator()(const Rect& r, const Rect& dark) const {
    const double inset = r.stroke ? r.stroke->width / 2 : 0;  // the stroke lies inside the edges
    out += fmt::format(
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{}\"{} shape-rendering=\"crispEdges\"/>\n",
        svg_number(r.x + inset), svg_number(r.y + inset), svg_number(std::max(0.0, r.width - 2 * inset)),
        svg_number(std::max(0.0, r.height - 2 * inset)), paints.fill(r.fill, dark.fill),
        paints.stroke(r.stroke, dark.stroke));
  }
  void operator()(const Polyline& l, const Polyline& dark) const {
    out += fmt::format("<polyline points=\"{}\" fill=\"none\"{}/>\n", points_text(l.points),
                       paints.stroke(l.stroke, dark.stroke));
  }
  void operator()(const Polygon& p, const Polygon& dark) const {
    const std::string opacity =
        p.opacity < 1 ? fmt::format(" fill-opacity=\"{}\"", svg_number(std::max(0.0, p.opacity))) : "";
    out += fmt::format("<polygon points=\"{}\" fill=\"{}\"{}{}/>\n", points_text(p.points),
                       paints.fill(p.fill, dark.fill), opacity, paints.stroke(p.stroke, dark.stroke));
  }
  void operator()(const Text& t, const Text& dark) const {
    const std::string_view anchor = t.anchor == Anchor::start    ? ""
                                    : t.anchor == Anchor::middle ? " text-anchor=\"middle\""
                                                                 : " text-anchor=\"end\"";
    const std::string turn =
        t.turn == Turn::up ? fmt::format(" transform=\"rotate(-90 {} {})\"", svg_number(t.x), svg_number(t.y))
                           : "";
    std::string text = one_line(t.text), more;
    if (needs_shaping(text, t.weight)) {
      more = shaped_attributes(t, shaped(text, t.weight, fallback));
      text = isolated(text);
    }
    out += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\"{}{}{} fill=\"{}\"{}>{}</text>\n",
                       svg_number(t.x), svg_number(t.y), svg_number(t.size),
                       t.weight == FontWeight::bold ? " font-weight=\"bold\"" : "", more, anchor,
                       paints.of(t.colour, dark.colour), turn, xml_escaped(text));
  }
  void operator()(const Bitmap& b, const Bitmap& dark) const {
    const Cells cells = enlarged(b, form.most_pixels_per_cell());
    if (cells.pixels.empty()) return;
    images(cells, enlarged(dark, form.most_pixels_per_cell()), {b.x, b.y, b.width(), b.height()});
    if (b.frame) (*this)(frame_of(b), frame_of(dark));
  }
  void operator()(const Gradient& g, const Gradient& dark) const {
    if (!g.stops.empty()) images(bands(g), bands(dark), {g.x, g.y, g.width, g.height});
  }

  void items(const Scene& light, const Scene& dark) const {
    (*this)(Rect{0, 0, light.width, light.height, light.background, std::nullopt},
            Rect{0, 0, dark.width, dark.height, dark.background, std::nullopt});
    for (std::size_t i = 0; i < light.items.size(); ++i)
      std::visit(
          [&](const auto& item) { (*this)(item, std::get<std::decay_t<decltype(item)>>(dark.items[i])); },
          light.items[i]);
  }
};

/// Whether two items are the same but for their colours.
struct EqualExceptColours {
  bool operator()(const Rect& a, const Rect& b) const {
    return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height &&
           a.fill.has_value() == b.fill.has_value() && same(a.stroke, b.stroke);
  }
  bool operator()(const Polyline& a, const Polyline& b) const {
    return same(a.points, b.points) && same(a.stroke, b.stroke);
  }
  bool operator()(const Polygon& a, const Polygon& b) const {
    return same(a.points, b.points) && a.fill.has_value() == b.fill.has_value() && a.opacity == b.opacity &&
           same(a.stroke, b.stroke);
  }
  bool operator()(const Text& a, const Text& b) const {
    return a.x == b.x && a.y == b.y && a.text == b.text && a.size == b.size && a.anchor == b.anchor &&
           a.weight == b.weight && a.turn == b.turn;
  }
  bool operator()(const Bitmap& a, const Bitmap& b) const {
    return a.x == b.x && a.y == b.y && a.columns == b.columns && a.rows == b.rows &&
           a.cell_width == b.cell_width && a.cell_height == b.cell_height && same(a.frame, b.frame);
  }
  bool operator()(const Gradient& a, const Gradient& b) const {
    return a.x == b.x && a.y == b.y && a.width == b.width && a.height == b.height &&
           a.direction == b.direction && a.stops.empty() == b.stops.empty();
  }
  template <typename A, typename B>
  bool operator()(const A& /*a*/, const B& /*b*/) const {
    return false;
  }

 private:
  static bool same(const Stroke& a, const Stroke& b) { return a.width == b.width && a.dash == b.dash; }
  static bool same(const std::optional<Stroke>& a, const std::optional<Stroke>& b) {
    return a && b ? same(*a, *b) : a.has_value() == b.has_value();
  }
  static bool same(const std::vector<Point>& a, const std::vector<Point>& b) {
    return std::ranges::equal(a, b, [](Point p, Point q) { return p.x == q.x && p.y == q.y; });
  }
};

bool differ_in_colours_only(const Scene& a, const Scene& b) {
  return a.width == b.width && a.height == b.height &&
         std::ranges::equal(a.items, b.items, [](const Item& x, const Item& y) {
           return std::visit(EqualExceptColours{}, x, y);
         });
}

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
      length_text(width), length_text(scene.height * width / scene.width), svg_number(scene.width),
      svg_number(scene.height), families);
  if (!provenance.title.empty()) out += fmt::format("<title>{}</title>\n", escaped(provenance.title));
  out += metadata(provenance);
  Paints paints;
  SvgWriter{out, paints, {}, scene.fallback.get()}.items(scene, scene);
  out += "</svg>\n";
  return out;
}

InlineSvg encode_inline_svg(const Scene& light, const Scene* dark, double width, std::string_view title) {
  if (dark != nullptr && !differ_in_colours_only(light, *dark)) dark = nullptr;
  InlineSvg svg;
  svg.text = fmt::format(
      "<svg role=\"img\" aria-label=\"{}\" width=\"{:.0f}\" height=\"{:.0f}\" viewBox=\"0 0 {} {}\" "
      "xml:space=\"preserve\" font-family=\"{}, sans-serif\">\n",
      escaped(title), width, light.height * width / light.width, svg_number(light.width),
      svg_number(light.height), families);
  Paints paints;
  SvgWriter{svg.text, paints, {true}, light.fallback.get()}.items(light, dark != nullptr ? *dark : light);
  svg.text += "</svg>";
  svg.colours = std::move(paints.variables);
  return svg;
}

}  // namespace nv::render
