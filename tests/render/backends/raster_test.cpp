#include "nv/render/backends/raster.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "nv/core/error.h"
#include "nv/render/backends/coverage.h"

using namespace nv::render;

namespace {

constexpr Rgb black{0, 0, 0}, white{255, 255, 255}, red{200, 0, 0};

Scene page(double width, double height) {
  Scene scene;
  scene.width = width;
  scene.height = height;
  return scene;
}

/// Sum of darkness in whole pixels, red channel.
double ink(const Image& image) {
  double sum = 0;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) sum += (255 - image.rgb[i]) / 255.0;
  return sum;
}

}  // namespace

TEST_CASE("rectangles and hairlines are crisp: pixels are filled or not") {
  Scene scene = page(20, 20);
  scene.fill(2.3, 3.4, 5, 4, black);
  scene.line({0, 12.2}, {20, 12.2}, {black, 1, 0});
  scene.line({15.7, 0}, {15.7, 20}, {black, 0.4, 0});
  const Image image = rasterise(scene);
  for (int y = 0; y < 20; ++y)
    for (int x = 0; x < 20; ++x) CHECK((image.at(x, y) == black || image.at(x, y) == white));
  CHECK(ink(image) == 20 + 20 + 20 - 1);
  CHECK(image.at(2, 3) == black);
  CHECK(image.at(1, 3) == white);
}

TEST_CASE("cells of a bitmap are whole pixels at any scale, and stay within their place") {
  for (const double scale : {1.0, 1.5, 3.125}) {
    Scene scene = page(40, 40);
    scene.add(Bitmap{4, 4, 2, 2, 7, 7, {black, red, red, black}, std::nullopt});
    const Image image = rasterise(scene, scale);
    const int cell = static_cast<int>(7 * scale);
    int blacks = 0, reds = 0;
    for (int y = 0; y < image.height; ++y)
      for (int x = 0; x < image.width; ++x) {
        blacks += image.at(x, y) == black ? 1 : 0;
        reds += image.at(x, y) == red ? 1 : 0;
      }
    CHECK(blacks == 2 * cell * cell);
    CHECK(reds == 2 * cell * cell);
    CHECK(image.at(static_cast<int>(4 * scale) - 1, static_cast<int>(6 * scale)) == white);
  }
}

TEST_CASE("a bitmap's frame touches it on all sides, dashed where asked") {
  Scene scene = page(20, 20);
  scene.add(Bitmap{5, 5, 1, 1, 8, 8, {red}, Stroke{black, 1, 0}});
  const Image image = rasterise(scene);
  for (int i = 4; i < 14; ++i) {
    CHECK(image.at(i, 4) == black);
    CHECK(image.at(i, 13) == black);
    CHECK(image.at(4, i) == black);
    CHECK(image.at(13, i) == black);
  }
  CHECK(image.at(5, 5) == red);
  scene.items.clear();
  scene.outline(2, 2, 12, 12, {black, 1, 3});
  const double dashed = ink(rasterise(scene));
  CHECK(dashed > 15);
  CHECK(dashed < 35);
}

TEST_CASE("polygons cover as much as their area, at any place between pixels") {
  for (const double shift : {0.0, 0.25, 0.6}) {
    Scene scene = page(60, 60);
    scene.polygon({{10 + shift, 10}, {50, 20 + shift}, {20, 50 - shift}}, black);
    const double area = std::abs((40 - shift) * (40 - shift) - (10 - shift) * (10 + shift)) / 2;
    CHECK(ink(rasterise(scene)) == doctest::Approx(area).epsilon(0.01));
  }
}

TEST_CASE("a slanted line has its width, dashes half of it") {
  Scene scene = page(60, 60);
  scene.line({5, 5}, {45, 35}, {black, 2, 0});
  CHECK(ink(rasterise(scene)) == doctest::Approx(100).epsilon(0.05));
  scene.items.clear();
  scene.line({5, 5}, {45, 35}, {black, 2, 5});
  CHECK(ink(rasterise(scene)) == doctest::Approx(50).epsilon(0.07));
}

TEST_CASE("overlapping pieces of a stroke do not add up beyond black, in either orientation") {
  Coverage coverage(10, 10);
  coverage.add(std::vector<Point>{{1, 1}, {6, 1}, {6, 6}, {1, 6}});
  coverage.add(std::vector<Point>{{3, 3}, {3, 8}, {8, 8}, {8, 3}});
  double sum = 0;
  coverage.each_row([&sum](int, int, std::span<const float> shares) {
    for (const float s : shares) {
      CHECK(s <= 1);
      sum += s;
    }
  });
  CHECK(sum == doctest::Approx(25 + 25 - 9));
}

TEST_CASE("text is drawn at its anchor, upright too") {
  const auto bounds = [](Anchor anchor, Turn turn) {
    Scene scene = page(100, 100);
    scene.text({50, 50, "Hamburg", 13, black, anchor, FontWeight::regular, turn});
    const Image image = rasterise(scene);
    int x0 = 100, x1 = -1, y0 = 100, y1 = -1;
    for (int y = 0; y < 100; ++y)
      for (int x = 0; x < 100; ++x)
        if (image.at(x, y).r < 128) {
          x0 = std::min(x0, x);
          x1 = std::max(x1, x);
          y0 = std::min(y0, y);
          y1 = std::max(y1, y);
        }
    return std::array{x0, x1, y0, y1};
  };
  const auto start = bounds(Anchor::start, Turn::none), end = bounds(Anchor::end, Turn::none);
  CHECK(start[0] >= 50);
  CHECK(start[2] == 41);  // the height of capitals
  CHECK(end[1] < 50);
  CHECK(end[1] >= 47);
  const auto middle = bounds(Anchor::middle, Turn::none);
  CHECK(std::abs(middle[0] + middle[1] - 99) <= 2);
  const auto up = bounds(Anchor::start, Turn::up);
  CHECK(up[3] < 50);   // runs upwards from the pen
  CHECK(up[0] == 41);  // capitals reach to the left
  CHECK(up[3] - up[2] == start[1] - start[0]);
}

TEST_CASE("gradients run from their first colour to their last") {
  Scene scene = page(10, 100);
  scene.add(Gradient{0, 0, 10, 100, {black, red, white}, Direction::up});
  const Image image = rasterise(scene);
  CHECK(image.at(5, 99) == black);
  CHECK(image.at(5, 50) == red);
  CHECK(image.at(5, 0) == white);
}

TEST_CASE("what lies outside the page is cut off") {
  Scene scene = page(10, 10);
  scene.fill(-1e9, -5, 2e9, 7, black);
  scene.line({-1e9, -1e9}, {1e9, 1e9}, {black, 1, 0});
  scene.polygon({{-50, 5}, {50, 5}, {50, 1000}}, red);
  scene.polygon({{std::nan(""), 5}, {5, 5}, {5, 10}}, red);
  scene.add(Bitmap{-5, -5, 1, 1, 8, 8, {red}, Stroke{black, 1, 0}});
  scene.add(Bitmap{500, 500, 1, 1, 8, 8, {red}, std::nullopt});
  scene.add(Bitmap{0, 0, 5, 5, 8, 8, {red}, std::nullopt});  // pixels missing: not drawn
  scene.text({-20, 5, "outside and inside", 12, black, Anchor::start, FontWeight::regular, Turn::none});
  CHECK(rasterise(scene).width == 10);
}

TEST_CASE("a picture that is too large, or a scale that is not positive, is refused") {
  CHECK_THROWS_AS(rasterise(page(1e6, 1e6)), nv::Error);
  CHECK_THROWS_AS(rasterise(page(0, 10)), nv::Error);
  CHECK_THROWS_AS(rasterise(page(10, 10), 0), nv::Error);
  CHECK_THROWS_AS(rasterise(page(10, 10), std::numeric_limits<double>::quiet_NaN()), nv::Error);
}
