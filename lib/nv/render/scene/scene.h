// The contents of a figure as values. A figure is composed once as a Scene, which a back end (PNG, SVG, PDF)
// draws.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "nv/render/scene/colormap.h"

namespace nv::render {

class FontFallback;

// All lengths are px at 96 dpi; y grows downwards.

struct Point {
  double x = 0, y = 0;
};

struct Stroke {
  Rgb colour;
  double width = 1;
  double dash = 0;  ///< length of a dash and of a gap; 0 is a solid line
};

/// Back ends that have pixels snap a rectangle's edges to them. The stroke lies inside the edges.
struct Rect {
  double x = 0, y = 0, width = 0, height = 0;
  std::optional<Rgb> fill;
  std::optional<Stroke> stroke;
};

/// Horizontal and vertical segments are snapped to pixels. Butt ends, mitred joins.
struct Polyline {
  std::vector<Point> points;
  Stroke stroke;
};

/// A simple polygon (edges do not cross), closed implicitly.
struct Polygon {
  std::vector<Point> points;
  std::optional<Rgb> fill;
  std::optional<Stroke> stroke;
  double opacity = 1;  ///< of the fill
};

enum class Anchor { start, middle, end };
enum class FontWeight { regular, bold };
enum class Turn { none, up };  ///< up: rotated by 90 degrees, read from below

/// One line of UTF-8; (x, y) is on its baseline at the anchor.
struct Text {
  double x = 0, y = 0;
  std::string text;
  double size = 12;
  Rgb colour;
  Anchor anchor = Anchor::start;
  FontWeight weight = FontWeight::regular;
  Turn turn = Turn::none;
};

/// A picture of columns x rows cells, each a crisp rectangle of a whole number of device pixels, never
/// blurred. At a scale that does not give whole pixels the cells are the next smaller size and the bitmap
/// stays centred.
struct Bitmap {
  double x = 0, y = 0;
  int columns = 0, rows = 0;
  double cell_width = 1, cell_height = 1;  ///< px
  std::vector<Rgb> pixels;                 ///< row by row, columns * rows of them
  std::optional<Stroke> frame;             ///< drawn outside the cells, touching them

  double width() const { return columns * cell_width; }
  double height() const { return rows * cell_height; }
};

enum class Direction { right, up };

/// A rectangle in bands of equal length, one per colour, the first at the left or at the bottom.
struct Gradient {
  double x = 0, y = 0, width = 0, height = 0;
  std::vector<Rgb> stops;
  Direction direction = Direction::up;
};

using Item = std::variant<Rect, Polyline, Polygon, Text, Bitmap, Gradient>;

/// Items are drawn in order over `background`.
struct Scene {
  double width = 0, height = 0;
  Rgb background{255, 255, 255};
  std::vector<Item> items;
  std::shared_ptr<FontFallback> fallback;  ///< for characters that the embedded font lacks; empty: boxes

  template <typename Kind>
  void add(Kind item) {
    items.emplace_back(std::move(item));
  }
  void fill(double x, double y, double w, double h, Rgb colour);
  void outline(double x, double y, double w, double h, const Stroke& stroke);
  void line(Point from, Point to, const Stroke& stroke);
  void polyline(std::vector<Point> points, const Stroke& stroke);
  void polygon(std::vector<Point> points, Rgb fill);
  void text(Text item);

  /// Adds the items of `other`, moved by (x, y).
  void append(const Scene& other, double x, double y);
};

}  // namespace nv::render
