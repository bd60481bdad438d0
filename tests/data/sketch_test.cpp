#include "nv/data/sketch.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "nv/core/error.h"

namespace nv {
namespace {

const std::vector<Stroke> seven{{{0.2, 0.2}, {0.8, 0.2}, {0.4, 0.9}}};

struct Ink {
  std::int64_t left = 1000, right = -1, top = 1000, bottom = -1;
  double mass = 0, x = 0, y = 0;
};
Ink ink_of(const Picture& p) {
  Ink ink;
  for (std::int64_t i = 0; i < p.width * p.height; ++i) {
    const double v = p.pixels[static_cast<std::size_t>(i)];
    if (v == 0) continue;
    const std::int64_t column = i % p.width, row = i / p.width;
    ink.left = std::min(ink.left, column);
    ink.right = std::max(ink.right, column);
    ink.top = std::min(ink.top, row);
    ink.bottom = std::max(ink.bottom, row);
    ink.mass += v;
    ink.x += v * (static_cast<double>(column) + 0.5);
    ink.y += v * (static_cast<double>(row) + 0.5);
  }
  ink.x /= ink.mass;
  ink.y /= ink.mass;
  return ink;
}

}  // namespace

TEST_CASE("sketch: strokes are points X Y, and anything else is named") {
  const Stroke s = parse_stroke(" 0.2,0.25  0.8,1 ");
  REQUIRE(s.size() == 2);
  CHECK(s[0].y == 0.25);
  CHECK(s[1].y == 1);
  for (const char* bad : {"", "0.1", "0.1,", "0.1,0.2,0.3", "a,b", "0.1,3", "nan,0"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS((void)parse_stroke(bad), Error);
  }
}

TEST_CASE("sketch: a dot is a disk of the brush's size in the middle, anti-aliased") {
  SketchOptions options;
  options.brush = 6;
  const Picture p = sketch(std::vector<Stroke>{{{0.5, 0.5}}}, options);
  const Ink ink = ink_of(p);
  CHECK(ink.mass / 255 == doctest::Approx(3.14159 * 9).epsilon(0.02));
  CHECK(ink.x == doctest::Approx(14));
  CHECK(ink.y == doctest::Approx(14));
  CHECK(p.pixels[14 * 28 + 14] == 255);
  CHECK(std::ranges::any_of(p.pixels, [](std::uint8_t v) { return v > 0 && v < 255; }));
}

TEST_CASE("sketch: as MNIST, the ink fits into 20 x 20 and its centre of mass is in the middle") {
  SketchOptions options;
  options.mnist = true;
  for (const double size : {0.1, 0.4, 1.0}) {
    std::vector<Stroke> scaled = seven;
    for (SketchPoint& p : scaled[0]) p = {p.x * size, p.y * size};
    const Ink ink = ink_of(sketch(scaled, options));
    CHECK(ink.bottom - ink.top + 1 >= 19);
    CHECK(ink.bottom - ink.top + 1 <= 21);  // a pixel more where the edges are between pixels
    CHECK(std::abs(ink.x - 14) <= 0.51);
    CHECK(std::abs(ink.y - 14) <= 0.51);
  }
}

TEST_CASE("sketch: black on white is the negative, and SVG has the same lines") {
  SketchOptions options;
  const Picture light = sketch(seven, options);
  options.dark_on_light = true;
  const Picture dark = sketch(seven, options);
  for (std::size_t i = 0; i < light.pixels.size(); ++i) CHECK(dark.pixels[i] == 255 - light.pixels[i]);
  const std::string svg = sketch_svg(seven, options, "nv 1");
  CHECK(svg.find("<polyline points=\"5.6,5.6 22.4,5.6 11.2,25.2\"/>") != std::string::npos);
}

TEST_CASE("sketch: jitter changes a drawing a little, the same for the same seed") {
  Random a({1}), b({1}), c({2});
  const auto one = jittered(seven, a), same = jittered(seven, b), other = jittered(seven, c);
  CHECK(one[0][0].x == same[0][0].x);
  CHECK(one[0][0].x != other[0][0].x);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(std::abs(one[0][i].x - seven[0][i].x) < 0.25);
    CHECK(std::abs(one[0][i].y - seven[0][i].y) < 0.25);
  }
}

}  // namespace nv
