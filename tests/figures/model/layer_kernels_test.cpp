#include "nv/figures/model/layer_kernels.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>

#include "nv/core/error.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

KernelSheet sheet_of(const std::vector<float>& values, int filters, int inputs, int side) {
  KernelSheet sheet;
  sheet.title = "conv1";
  sheet.filters = filters;
  sheet.inputs = inputs;
  sheet.rows = sheet.cols = side;
  sheet.values = values;
  return sheet;
}

}  // namespace

TEST_CASE("kernels of one input stand in a grid, signed and white at 0") {
  std::vector<float> values = ramp(std::size_t{6} * 25, -0.5F, 1);
  values[12] = 0;
  const Scene scene = draw(sheet_of(values, 6, 1, 5));
  check_tidy(scene);
  const std::vector<Bitmap> maps = all<Bitmap>(scene);
  REQUIRE(maps.size() == 6);
  CHECK(maps[0].pixels[12] == Rgb{255, 255, 255});
  CHECK(has_text(scene, "weight"));
}

TEST_CASE("kernels of several inputs are a matrix: the more of the two from left to right") {
  const std::vector<float> values = ramp(std::size_t{16} * 6 * 25, -1, 1);
  const Scene scene = draw(sheet_of(values, 16, 6, 5));
  check_tidy(scene);
  const std::vector<Bitmap> one = all<Bitmap>(scene);
  REQUIRE(one.size() == 1);
  CHECK(one[0].columns == 16 * 6 - 1);
  CHECK(one[0].rows == 6 * 6 - 1);
  CHECK(has_text(scene, "16 filters"));
  CHECK(has_text(scene, "input channel"));
  // The last number of the last kernel is the largest.
  CHECK(one[0].pixels.back() == map(Colormap::blue_white_red, 1));
}

TEST_CASE("kernels of three input channels are also drawn as red, green and blue, grey at 0") {
  std::vector<float> values(std::size_t{4} * 3 * 9, 0.0F);
  values[0] = 0.5F;        // red of the first tap of filter 0
  values[27 + 9] = -0.5F;  // green of the first tap of filter 1
  const Scene scene = draw(sheet_of(values, 4, 3, 3));
  check_tidy(scene);
  const std::vector<Bitmap> bitmaps = all<Bitmap>(scene);
  REQUIRE(bitmaps.size() == 4 + 1);  // and the matrix
  CHECK(bitmaps[0].pixels[0] == Rgb{255, 128, 128});
  CHECK(bitmaps[1].pixels[0] == Rgb{128, 0, 128});
  CHECK(bitmaps[3].pixels[8] == Rgb{128, 128, 128});
  CHECK(has_text(scene, "red, green, blue from −0.5 to 0.5"));
  const std::vector<float> dense(std::size_t{4} * 3);  // three inputs, but no positions
  CHECK(all<Bitmap>(draw(sheet_of(dense, 4, 3, 1))).size() == 1);
}

TEST_CASE("gaps between kernels have a colour that no weight has, and the legend names it") {
  const std::vector<float> values = ramp(std::size_t{2} * 4 * 4, -1, 1);
  for (const Theme& theme : {Theme::light(), Theme::dark()}) {
    KernelSheet sheet = sheet_of(values, 2, 4, 2);
    sheet.theme = theme;
    const Scene scene = draw(sheet);
    const Rgb gap = all<Bitmap>(scene).at(0).pixels[2];
    for (const Rgb weight : colours(Colormap::blue_white_red))
      CHECK(std::max({std::abs(gap.r - weight.r), std::abs(gap.g - weight.g), std::abs(gap.b - weight.b)}) >
            20);
    CHECK(has_text(scene, "between kernels"));
  }
}

TEST_CASE("if not all kernels fit, the legend counts those that are shown") {
  const std::vector<float> values = ramp(std::size_t{4} * 700 * 4, -1, 1);
  const Scene scene = draw(sheet_of(values, 4, 700, 2));
  check_tidy(scene);
  CHECK(has_text(scene, "shown: the first 4 filters and 400 input channels"));
}

TEST_CASE("an exact page is kept") {
  const std::vector<float> values = ramp(std::size_t{40} * 64 * 9, -1, 1);
  KernelSheet sheet = sheet_of(values, 40, 64, 3);
  sheet.page.width = 320;
  sheet.page.exact = true;
  const Scene scene = draw(sheet);
  check_tidy(scene);
  CHECK(scene.width <= 320);
}

TEST_CASE("sizes that do not agree with the number of values are refused") {
  const std::vector<float> values(10);
  CHECK_THROWS_AS(draw(sheet_of(values, 2, 1, 2)), Error);
  CHECK_THROWS_AS(draw(sheet_of({}, 0, 0, 0)), Error);
}
