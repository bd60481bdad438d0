#include "nv/data/sketch.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "nv/core/error.h"
#include "nv/core/interrupt.h"
#include "nv/core/text.h"

namespace nv {

namespace {

constexpr int samples = 8;                 // per side of a pixel
constexpr double mnist_box = 20.0 / 28.0;  // of the picture's side

/// A stroke in a message: a line of standard input can be long.
std::string stroke_text(std::string_view stroke) {
  return shortened(one_line(trim(stroke)), 40);
}

double coordinate(const std::string& text, std::string_view stroke) {
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || !(value >= -1 && value <= 2))
    throw Error(ErrorKind::usage,
                fmt::format("stroke '{}': '{}' is not a coordinate", stroke_text(stroke), stroke_text(text)),
                "points X,Y from 0 (left, top) to 1, as in \"0.2,0.2 0.8,0.2 0.4,0.9\"");
  return value;
}

/// Distance of (x, y) to the line from a to b.
double distance(double x, double y, SketchPoint a, SketchPoint b) {
  const double dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
  const double t = length > 0 ? std::clamp(((x - a.x) * dx + (y - a.y) * dy) / length, 0.0, 1.0) : 0;
  return std::hypot(x - a.x - t * dx, y - a.y - t * dy);
}

/// The strokes in pixels.
std::vector<Stroke> in_pixels(std::span<const Stroke> strokes, const SketchOptions& options) {
  std::vector<Stroke> result(strokes.begin(), strokes.end());
  for (Stroke& stroke : result)
    for (SketchPoint& p : stroke) {
      p.x *= static_cast<double>(options.width);
      p.y *= static_cast<double>(options.height);
    }
  return result;
}

/// Covered samples of each pixel, 0 to samples * samples.
std::vector<int> coverage(std::span<const Stroke> strokes, const SketchOptions& options) {
  const double radius = options.brush_or_default() / 2;
  std::vector<char> covered(static_cast<std::size_t>(options.width * options.height * samples * samples));
  const std::int64_t columns = options.width * samples, rows = options.height * samples;
  const auto bound = [](double v, std::int64_t most) {
    return std::clamp<std::int64_t>(static_cast<std::int64_t>(std::floor(v * samples)), 0, most);
  };
  for (const Stroke& stroke : in_pixels(strokes, options))
    for (std::size_t i = 0; i < stroke.size(); ++i) {
      check_interrupt();
      const SketchPoint a = stroke[i], b = stroke[std::min(i + 1, stroke.size() - 1)];
      const std::int64_t left = bound(std::min(a.x, b.x) - radius, columns),
                         right = bound(std::max(a.x, b.x) + radius + 1, columns),
                         top = bound(std::min(a.y, b.y) - radius, rows),
                         bottom = bound(std::max(a.y, b.y) + radius + 1, rows);
      for (std::int64_t r = top; r < bottom; ++r)
        for (std::int64_t c = left; c < right; ++c)
          if (distance((static_cast<double>(c) + 0.5) / samples, (static_cast<double>(r) + 0.5) / samples, a,
                       b) <= radius)
            covered[static_cast<std::size_t>(r * columns + c)] = 1;
    }
  std::vector<int> counts(static_cast<std::size_t>(options.width * options.height));
  for (std::int64_t r = 0; r < rows; ++r)
    for (std::int64_t c = 0; c < columns; ++c)
      counts[static_cast<std::size_t>(r / samples * options.width + c / samples)] +=
          covered[static_cast<std::size_t>(r * columns + c)];
  return counts;
}

/// Moves all points by (x, y) and scales them about the origin before.
std::vector<Stroke> moved(std::span<const Stroke> strokes, double scale_x, double scale_y, double x,
                          double y) {
  std::vector<Stroke> result(strokes.begin(), strokes.end());
  for (Stroke& stroke : result)
    for (SketchPoint& p : stroke) p = {p.x * scale_x + x, p.y * scale_y + y};
  return result;
}

}  // namespace

double SketchOptions::brush_or_default() const {
  return brush > 0 ? brush : static_cast<double>(std::min(width, height)) / 12;
}

Stroke parse_stroke(std::string_view text) {
  Stroke stroke;
  for (const std::string& part : split(trim(text), ' ')) {
    if (trim(part).empty()) continue;
    const std::vector<std::string> numbers = split(trim(part), ',');
    if (numbers.size() != 2)
      throw Error(ErrorKind::usage,
                  fmt::format("stroke '{}': '{}' is not a point", stroke_text(text), stroke_text(part)),
                  "points X,Y from 0 (left, top) to 1, as in \"0.2,0.2 0.8,0.2 0.4,0.9\"");
    stroke.push_back({coordinate(numbers[0], text), coordinate(numbers[1], text)});
  }
  if (stroke.empty()) throw_usage("a stroke has no points");
  return stroke;
}

std::vector<Stroke> placed(std::span<const Stroke> strokes, const SketchOptions& options) {
  if (!options.mnist) return {strokes.begin(), strokes.end()};
  const auto width = static_cast<double>(options.width), height = static_cast<double>(options.height);
  SketchPoint low{1e9, 1e9}, high{-1e9, -1e9};
  for (const Stroke& stroke : strokes)
    for (const SketchPoint& p : stroke) {
      low = {std::min(low.x, p.x), std::min(low.y, p.y)};
      high = {std::max(high.x, p.x), std::max(high.y, p.y)};
    }
  // The brush adds its width to the ink whatever the scale. A straight line or a dot keeps a scale of 1.
  const double brush = options.brush_or_default();
  const double room_x = std::max(width * mnist_box - brush, 1.0),
               room_y = std::max(height * mnist_box - brush, 1.0);
  const double extent_x = (high.x - low.x) * width, extent_y = (high.y - low.y) * height;
  const double scale =
      std::min(extent_x > 0 ? room_x / extent_x : 1e9, extent_y > 0 ? room_y / extent_y : 1e9);
  const double factor = scale < 1e9 ? scale : 1;
  std::vector<Stroke> result = moved(strokes, factor, factor, 0.5 - factor * (low.x + high.x) / 2,
                                     0.5 - factor * (low.y + high.y) / 2);
  double mass = 0, x = 0, y = 0;
  const std::vector<int> ink = coverage(result, options);
  for (std::size_t i = 0; i < ink.size(); ++i) {
    mass += ink[i];
    x += ink[i] * (static_cast<double>(i % static_cast<std::size_t>(options.width)) + 0.5);
    y += ink[i] * (static_cast<double>(i / static_cast<std::size_t>(options.width)) + 0.5);
  }
  if (mass == 0) return result;
  return moved(result, 1, 1, std::round(width / 2 - x / mass) / width,
               std::round(height / 2 - y / mass) / height);
}

Picture sketch(std::span<const Stroke> strokes, const SketchOptions& options) {
  Picture picture{options.width, options.height, 1, {}};
  for (const int covered : coverage(placed(strokes, options), options)) {
    const int ink = (covered * 255 + samples * samples / 2) / (samples * samples);
    picture.pixels.push_back(static_cast<std::uint8_t>(options.dark_on_light ? 255 - ink : ink));
  }
  return picture;
}

std::string sketch_svg(std::span<const Stroke> strokes, const SketchOptions& options,
                       std::string_view creator) {
  std::string svg = fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
      "viewBox=\"0 0 {0} {1}\" width=\"{0}\" height=\"{1}\">\n"
      "<metadata><dc:creator>{5}</dc:creator></metadata>\n"
      "<rect width=\"{0}\" height=\"{1}\" fill=\"{2}\"/>\n"
      "<g fill=\"none\" stroke=\"{3}\" stroke-width=\"{4:.4g}\" stroke-linecap=\"round\" "
      "stroke-linejoin=\"round\">\n",
      options.width, options.height, options.dark_on_light ? "#fff" : "#000",
      options.dark_on_light ? "#000" : "#fff", options.brush_or_default(), creator);
  for (const Stroke& stroke : in_pixels(placed(strokes, options), options)) {
    svg += "<polyline points=\"";
    for (const SketchPoint& p : stroke) svg += fmt::format("{:.4g},{:.4g} ", p.x, p.y);
    if (stroke.size() == 1) svg += fmt::format("{:.4g},{:.4g} ", stroke[0].x, stroke[0].y);  // a dot
    svg.back() = '"';
    svg += "/>\n";
  }
  return svg + "</g>\n</svg>\n";
}

std::vector<Stroke> jittered(std::span<const Stroke> strokes, Random& random) {
  const auto about = [&](double most) { return most * (2 * random.unit() - 1); };
  const double angle = about(10 * 3.14159265358979323846 / 180), slant = about(0.15);
  const double scale_x = 1 + about(0.1), scale_y = 1 + about(0.1), x = about(0.05), y = about(0.05);
  std::vector<Stroke> result(strokes.begin(), strokes.end());
  for (Stroke& stroke : result)
    for (SketchPoint& p : stroke) {
      const double from_x = scale_x * (p.x - 0.5 + slant * (p.y - 0.5)), from_y = scale_y * (p.y - 0.5);
      p = {0.5 + x + std::cos(angle) * from_x - std::sin(angle) * from_y +
               0.01 * static_cast<double>(random.normal()),
           0.5 + y + std::sin(angle) * from_x + std::cos(angle) * from_y +
               0.01 * static_cast<double>(random.normal())};
    }
  return result;
}

}  // namespace nv
