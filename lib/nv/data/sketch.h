// Drawing by strokes: pictures of lines and points, as MNIST's digits are made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nv/core/random.h"
#include "nv/data/image.h"

namespace nv {

/// A point of a drawing: 0..1 from the left and from the top.
struct SketchPoint {
  double x = 0, y = 0;
};
/// Lines from point to point; a single point is a dot.
using Stroke = std::vector<SketchPoint>;

/// Parses "0.2,0.2 0.8,0.2 0.4,0.9". Throws Error(usage) for anything else and for points beyond -1..2.
Stroke parse_stroke(std::string_view text);

struct SketchOptions {
  std::int64_t width = 28, height = 28;  ///< pixels
  double brush = 0;                      ///< diameter in pixels; 0: a twelfth of the smaller side
  /// As MNIST's digits: scaled so that the ink fits into the middle 20/28 of the picture, keeping the aspect
  /// ratio, then moved by whole pixels so that its centre of mass is in the middle.
  bool mnist = false;
  bool dark_on_light = false;  ///< black on white; else white on black, as MNIST

  double brush_or_default() const;
};

/// The strokes as they are drawn: scaled and moved if `options.mnist`.
std::vector<Stroke> placed(std::span<const Stroke> strokes, const SketchOptions& options);

/// An 8-bit grey picture. Each value is the share of its pixel that the brush covers (8 x 8 samples).
Picture sketch(std::span<const Stroke> strokes, const SketchOptions& options);

/// The same as lines in SVG. `creator`, for the file's metadata: "nv 0.1.0".
std::string sketch_svg(std::span<const Stroke> strokes, const SketchOptions& options,
                       std::string_view creator);

/// The drawing turned by up to 10 degrees, scaled by up to 10 %, slanted, moved by up to 5 % and with its
/// points moved by about 1 %, as another hand would draw it.
std::vector<Stroke> jittered(std::span<const Stroke> strokes, Random& random);

}  // namespace nv
