#include "nv/render/charts/pixel_grid.h"

#include <doctest/doctest.h>

using namespace nv::render;

TEST_CASE("a picture is as large as its room allows, in whole pixels of the device") {
  const PixelGrid picture{4, 2, std::vector<Rgb>(8, {1, 2, 3}), ""};
  Shown shown = shown_in(picture, 30, 100, 1);
  CHECK(shown.factor == 1);
  CHECK(shown.bitmap.cell_width == 7);
  CHECK(shown.bitmap.pixels == picture.pixels);
  shown = shown_in(picture, 30, 100, 0.3);
  CHECK(shown.bitmap.cell_width == doctest::Approx(7.5));
}

TEST_CASE("a picture of more pixels than its room is shown as means") {
  PixelGrid picture{4, 2, std::vector<Rgb>(8, {0, 100, 200}), ""};
  picture.pixels[1] = {40, 100, 200};
  const Shown shown = shown_in(picture, 2, 2, 1);
  CHECK(shown.factor == 2);
  CHECK(shown.bitmap.columns == 2);
  CHECK(shown.bitmap.rows == 1);
  CHECK(shown.bitmap.pixels == std::vector<Rgb>{{10, 100, 200}, {0, 100, 200}});
}

TEST_CASE("a picture with too few pixels is not drawn") {
  const PixelGrid picture{4, 2, std::vector<Rgb>(7), ""};
  CHECK_FALSE(picture.whole());
  CHECK(shown_in(picture, 30, 30, 1).bitmap.pixels.empty());
  CHECK_FALSE(PixelGrid{}.whole());
}
