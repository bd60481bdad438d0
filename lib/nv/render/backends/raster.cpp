#include "nv/render/backends/raster.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "nv/core/error.h"
#include "nv/render/backends/coverage.h"

namespace nv::render {

namespace {

constexpr double most_pixels = 1 << 28;

/// Half-open rectangle of pixels.
struct Box {
  int x0, y0, x1, y1;
};

/// Draws items onto an image; positions are in px and multiplied by the scale.
class Painter {
 public:
  Painter(Image& image, double scale, Font& font) : image_(image), scale_(scale), font_(font) {}

  void operator()(const Rect& rect);
  void operator()(const Polyline& line);
  void operator()(const Polygon& polygon);
  void operator()(const Text& text);
  void operator()(const Bitmap& bitmap);
  void operator()(const Gradient& gradient);

 private:
  int snapped(double px) const { return static_cast<int>(std::lround(std::clamp(px * scale_, -1e8, 1e8))); }
  int thickness(double width) const { return std::max(1, snapped(width)); }
  std::uint8_t* pixel(int x, int y) {
    return image_.rgb.data() + 3 * (static_cast<std::size_t>(y) * static_cast<std::size_t>(image_.width) +
                                    static_cast<std::size_t>(x));
  }
  Box clipped(Box box) const {
    return {std::clamp(box.x0, 0, image_.width), std::clamp(box.y0, 0, image_.height),
            std::clamp(box.x1, 0, image_.width), std::clamp(box.y1, 0, image_.height)};
  }
  void fill(Box box, Rgb colour);
  void outline(Box box, int thick, const Stroke& stroke);
  void run(Box box, const Stroke& stroke, double& phase);
  void straight(Point a, Point b, const Stroke& stroke, bool first, bool last, double& phase);
  void slanted(Coverage& coverage, Point a, Point b, const Stroke& stroke, double& phase) const;
  void blend(Coverage& coverage, Rgb colour, double opacity);
  void glyph(const Glyph& glyph, int x, int y, const Text& text);

  Image& image_;
  double scale_;
  Font& font_;
};

/// Coverage is rounded to 12 steps, which suffices for edges and keeps a figure below the 256 colours of a
/// palette.
void mix(std::uint8_t* to, Rgb colour, int alpha) {
  alpha = (alpha * 11 + 127) / 255 * 255 / 11;
  const auto one = [alpha](int under, int over) {
    return static_cast<std::uint8_t>((under * (255 - alpha) + over * alpha + 127) / 255);
  };
  to[0] = one(to[0], colour.r);
  to[1] = one(to[1], colour.g);
  to[2] = one(to[2], colour.b);
}

void Painter::fill(Box box, Rgb colour) {
  box = clipped(box);
  if (box.x0 >= box.x1 || box.y0 >= box.y1) return;
  std::uint8_t* const first = pixel(box.x0, box.y0);
  for (int x = box.x0; x < box.x1; ++x)
    std::memcpy(first + 3 * static_cast<std::ptrdiff_t>(x - box.x0), &colour, 3);
  for (int y = box.y0 + 1; y < box.y1; ++y)
    std::memcpy(pixel(box.x0, y), first, 3 * static_cast<std::size_t>(box.x1 - box.x0));
}

/// A horizontal or vertical bar along its longer side, dashed if the stroke is. `phase` is the position in
/// the pattern of dash and gap at its beginning, in pixels; it is set to that at the end.
void Painter::run(Box box, const Stroke& stroke, double& phase) {
  const int dash = stroke.dash > 0 ? thickness(stroke.dash) : 0;
  if (dash == 0) return fill(box, stroke.colour);
  const bool along_x = box.x1 - box.x0 >= box.y1 - box.y0;
  const int from = along_x ? box.x0 : box.y0, to = along_x ? box.x1 : box.y1;
  const int period = 2 * dash, skip = static_cast<int>(phase) % period;
  const Box seen = clipped(box);
  const int hidden = std::max(0, (along_x ? seen.x0 : seen.y0) - from) / period * period;
  for (int at = from - skip + hidden; at < std::min(to, along_x ? seen.x1 : seen.y1); at += period) {
    const int a = std::max(at, from), b = std::min(at + dash, to);
    if (a < b) fill(along_x ? Box{a, box.y0, b, box.y1} : Box{box.x0, a, box.x1, b}, stroke.colour);
  }
  phase = (to - from + skip) % period;
}

/// Along the inside of `box`.
void Painter::outline(Box box, int thick, const Stroke& stroke) {
  for (const Box side :
       {Box{box.x0, box.y0, box.x1, box.y0 + thick}, Box{box.x0, box.y1 - thick, box.x1, box.y1},
        Box{box.x0, box.y0 + thick, box.x0 + thick, box.y1 - thick},
        Box{box.x1 - thick, box.y0 + thick, box.x1, box.y1 - thick}}) {
    double phase = 0;
    run(side, stroke, phase);
  }
}

void Painter::operator()(const Rect& rect) {
  const Box box{snapped(rect.x), snapped(rect.y), snapped(rect.x + rect.width),
                snapped(rect.y + rect.height)};
  if (rect.fill) fill(box, *rect.fill);
  if (rect.stroke) outline(box, thickness(rect.stroke->width), *rect.stroke);
}

/// A horizontal or vertical segment as whole pixels, longer by half its width at an end where another
/// follows.
void Painter::straight(Point a, Point b, const Stroke& stroke, bool first, bool last, double& phase) {
  const int thick = thickness(stroke.width);
  const bool along_x = a.y == b.y;
  const double across = (along_x ? a.y : a.x) * scale_ - thick / 2.0;
  const int side = static_cast<int>(std::lround(std::clamp(across, -1e8, 1e8)));
  double from = along_x ? a.x : a.y, to = along_x ? b.x : b.y;
  const bool back = from > to;
  if (back) std::swap(from, to);
  const int before = (back ? last : first) ? 0 : thick / 2,
            behind = (back ? first : last) ? 0 : thick - thick / 2;
  const int p = snapped(from) - before, q = snapped(to) + behind;
  run(along_x ? Box{p, side, q, side + thick} : Box{side, p, side + thick, q}, stroke, phase);
}

/// A segment at an angle, as one rectangle per dash.
void Painter::slanted(Coverage& coverage, Point a, Point b, const Stroke& stroke, double& phase) const {
  const double dx = (b.x - a.x) * scale_, dy = (b.y - a.y) * scale_, length = std::hypot(dx, dy);
  if (!(length > 0) || length > 1e6) return;
  const double half = std::max(1.0, stroke.width * scale_) / 2, nx = -dy / length * half,
               ny = dx / length * half;
  const double dash = stroke.dash > 0 ? std::max(1.0, stroke.dash * scale_) : length;
  const double period = stroke.dash > 0 ? 2 * dash : length;
  const double skip = std::fmod(phase, period);
  const int dashes = static_cast<int>(std::ceil((length + skip) / period));
  for (int i = 0; i < dashes; ++i) {
    const double at = i * period - skip;
    const double from = std::max(0.0, at) / length, to = std::min(length, at + dash) / length;
    if (to <= from) continue;
    const Point p{a.x * scale_ + dx * from, a.y * scale_ + dy * from},
        q{a.x * scale_ + dx * to, a.y * scale_ + dy * to};
    coverage.add(std::array{Point{p.x + nx, p.y + ny}, Point{q.x + nx, q.y + ny}, Point{q.x - nx, q.y - ny},
                            Point{p.x - nx, p.y - ny}});
  }
  phase += length;
}

void Painter::operator()(const Polyline& line) {
  const std::vector<Point>& points = line.points;
  Coverage coverage(image_.width, image_.height);
  double phase = 0;
  for (std::size_t i = 0; i + 1 < points.size(); ++i) {
    const Point a = points[i], b = points[i + 1];
    if (a.x == b.x || a.y == b.y) {
      straight(a, b, line.stroke, i == 0, i + 2 == points.size(), phase);
      continue;
    }
    slanted(coverage, a, b, line.stroke, phase);
    if (i > 0 && line.stroke.dash == 0 && line.stroke.width * scale_ > 1.5) {  // a round join
      std::array<Point, 16> disc;
      const double r = line.stroke.width * scale_ / 2;
      for (std::size_t k = 0; k < disc.size(); ++k) {
        const double angle = static_cast<double>(k) * 3.14159265358979 / 8;
        disc[k] = {a.x * scale_ + r * std::cos(angle), a.y * scale_ + r * std::sin(angle)};
      }
      coverage.add(disc);
    }
  }
  blend(coverage, line.stroke.colour, 1);
}

void Painter::operator()(const Polygon& polygon) {
  if (polygon.fill) {
    std::vector<Point> outline = polygon.points;
    for (Point& p : outline) p = {p.x * scale_, p.y * scale_};
    Coverage coverage(image_.width, image_.height);
    coverage.add(outline);
    blend(coverage, *polygon.fill, polygon.opacity);
  }
  if (polygon.stroke && !polygon.points.empty()) {
    Polyline line{polygon.points, *polygon.stroke};
    line.points.push_back(line.points.front());
    (*this)(line);
  }
}

void Painter::blend(Coverage& coverage, Rgb colour, double opacity) {
  coverage.each_row([&](int y, int x, std::span<const float> shares) {
    std::uint8_t* to = pixel(x, y);
    for (const float share : shares) {
      const int alpha = static_cast<int>(std::lround(share * std::clamp(opacity, 0.0, 1.0) * 255));
      if (alpha > 0) mix(to, colour, alpha);
      to += 3;
    }
  });
}

void Painter::operator()(const Text& text) {
  const double size = text.size * scale_;
  if (!(size > 0.5) || size > 4000) return;
  double pen = 0;
  if (text.anchor != Anchor::start) {
    const double width = font_.width(text.text, size, text.weight);
    pen = text.anchor == Anchor::middle ? -width / 2 : -width;
  }
  const bool up = text.turn == Turn::up;
  pen += up ? -text.y * scale_ : text.x * scale_;
  const int baseline = snapped(up ? text.x : text.y);
  for (const PlacedGlyph& placed : font_.line(text.text, size, text.weight)) {
    const double quarters = std::clamp(std::floor((pen + placed.x) * 4 + 0.5), -4e8, 4e8);
    const int whole = static_cast<int>(std::floor(quarters / 4));
    const Glyph drawn = font_.glyph(placed, size, static_cast<int>(quarters - 4.0 * whole));
    const int line = baseline + static_cast<int>(std::lround(std::clamp(placed.y, -1e8, 1e8)));
    glyph(drawn, up ? line : whole, up ? -whole : line, text);
  }
}

/// `x`, `y`: the pen, in pixels.
void Painter::glyph(const Glyph& glyph, int x, int y, const Text& text) {
  const bool up = text.turn == Turn::up;
  for (int row = 0; row < glyph.height; ++row)
    for (int column = 0; column < glyph.width; ++column) {
      const int share = glyph.coverage[static_cast<std::size_t>(row) * static_cast<std::size_t>(glyph.width) +
                                       static_cast<std::size_t>(column)];
      if (share == 0) continue;
      const int px = up ? x + glyph.top + row : x + glyph.left + column;
      const int py = up ? y - glyph.left - column - 1 : y + glyph.top + row;
      if (px < 0 || py < 0 || px >= image_.width || py >= image_.height) continue;
      // sRGB values are mixed without linearisation, and middle shares raised, so that thin strokes do not
      // look pale.
      mix(pixel(px, py), text.colour, share + share * (255 - share) / 900);
    }
}

void Painter::operator()(const Bitmap& bitmap) {
  const auto columns = static_cast<std::size_t>(std::max(0, bitmap.columns));
  if (columns == 0 || bitmap.rows < 1 ||
      bitmap.pixels.size() < columns * static_cast<std::size_t>(bitmap.rows))
    return;
  const auto whole = [this](double cell) {
    return std::max(1, static_cast<int>(std::floor(cell * scale_ + 1e-6)));
  };
  const int cw = whole(bitmap.cell_width), ch = whole(bitmap.cell_height);
  const double slack_x = bitmap.width() * scale_ - static_cast<double>(cw) * bitmap.columns;
  const double slack_y = bitmap.height() * scale_ - static_cast<double>(ch) * bitmap.rows;
  const int left = snapped(bitmap.x + std::max(0.0, slack_x) / 2 / scale_);
  const int top = snapped(bitmap.y + std::max(0.0, slack_y) / 2 / scale_);
  const Box box{left, top, left + cw * bitmap.columns, top + ch * bitmap.rows};
  const Box seen = clipped(box);
  const std::size_t bytes = 3 * static_cast<std::size_t>(seen.x1 - seen.x0);
  for (int y = seen.y0, drawn = -1; y < seen.y1; ++y) {
    const int row = (y - top) / ch;
    if (row == drawn) {
      std::memcpy(pixel(seen.x0, y), pixel(seen.x0, y - 1), bytes);
      continue;
    }
    const Rgb* const cells = bitmap.pixels.data() + static_cast<std::size_t>(row) * columns;
    std::uint8_t* to = bytes == 0 ? nullptr : pixel(seen.x0, y);
    int column = (seen.x0 - left) / cw, within = (seen.x0 - left) % cw;
    for (int x = seen.x0; x < seen.x1; ++x, to += 3) {
      std::memcpy(to, &cells[column], 3);
      if (++within == cw) {
        within = 0;
        ++column;
      }
    }
    drawn = row;
  }
  if (bitmap.frame) {
    const int thick = thickness(bitmap.frame->width);
    outline({box.x0 - thick, box.y0 - thick, box.x1 + thick, box.y1 + thick}, thick, *bitmap.frame);
  }
}

void Painter::operator()(const Gradient& gradient) {
  if (gradient.stops.empty()) return;
  const Box box{snapped(gradient.x), snapped(gradient.y), snapped(gradient.x + gradient.width),
                snapped(gradient.y + gradient.height)};
  const bool right = gradient.direction == Direction::right;
  const int length = right ? box.x1 - box.x0 : box.y1 - box.y0;
  const std::size_t count = gradient.stops.size();
  for (int i = 0; i < length; ++i) {
    const auto band = static_cast<std::size_t>((i + 0.5) / length * static_cast<double>(count));
    const Rgb colour = gradient.stops[std::min(band, count - 1)];
    fill(right ? Box{box.x0 + i, box.y0, box.x0 + i + 1, box.y1}
               : Box{box.x0, box.y1 - 1 - i, box.x1, box.y1 - i},
         colour);
  }
}

}  // namespace

Image rasterise(const Scene& scene, double scale) {
  Font font(scene.fallback);
  return rasterise(scene, scale, font);
}

Image rasterise(const Scene& scene, double scale, Font& font) {
  if (!(scale > 0) || !std::isfinite(scale)) throw_usage("scale {}: not a positive number", scale);
  const double width = std::ceil(scene.width * scale - 1e-6), height = std::ceil(scene.height * scale - 1e-6);
  if (!(width >= 1) || !(height >= 1) || width * height > most_pixels)
    throw Error(ErrorKind::output,
                fmt::format("a picture of {:.0f} x {:.0f} pixels is too large", width, height),
                "choose fewer channels or a smaller --dpi");
  Image image;
  image.width = static_cast<int>(width);
  image.height = static_cast<int>(height);
  image.rgb.resize(3 * static_cast<std::size_t>(image.width) * static_cast<std::size_t>(image.height));
  Painter painter(image, scale, font);
  painter(Rect{0, 0, scene.width + 1, scene.height + 1, scene.background, std::nullopt});
  for (const Item& item : scene.items) std::visit(painter, item);
  return image;
}

}  // namespace nv::render
