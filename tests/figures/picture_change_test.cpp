#include "nv/figures/picture_change.h"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "nv/core/error.h"
#include "nv/render/scene/print.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render;
using namespace nv::render::test;

namespace {

render::PixelGrid picture_of(int rows, int cols, Rgb colour, const std::string& caption) {
  return {cols, rows, std::vector<Rgb>(static_cast<std::size_t>(rows * cols), colour), caption};
}

PictureChange change_of(const std::vector<float>& difference, int rows, int cols, int channels) {
  PictureChange sheet;
  sheet.title = "7_0293.pgd";
  sheet.kind = "pgd";
  sheet.source = "lenet5.h5";
  sheet.caption = "L2 2.1, L∞ 0.25";
  sheet.before = picture_of(rows, cols, {10, 20, 30}, "7 (0.9998)");
  sheet.after = picture_of(rows, cols, {40, 50, 60}, "3 (0.6120)");
  sheet.difference = difference;
  sheet.channels = channels;
  sheet.scores = {{"7", 0.9998, 0.25}, {"3", 0.0001, 0.612}};
  return sheet;
}

}  // namespace

TEST_CASE("a sample is shown as original, perturbation and adversarial, all of one size, with the scores") {
  const std::vector<float> difference = ramp(28 * 28, -0.25F, 0.25F);
  for (const double width : {320.0, 1000.0}) {
    PictureChange sheet = change_of(difference, 28, 28, 1);
    sheet.page.width = width;
    const Scene scene = draw(sheet);
    check_tidy(scene);
    CHECK(scene.width <= width);
    const std::vector<Bitmap> tiles = all<Bitmap>(scene);
    REQUIRE(tiles.size() == 3);
    for (const Bitmap& tile : tiles) {
      CHECK(tile.columns == 28);
      CHECK(tile.cell_width == std::floor(tile.cell_width));
      CHECK(tile.cell_width == tiles[0].cell_width);
      CHECK(tile.y == tiles[0].y);
    }
    CHECK(tiles[0].pixels[0] == Rgb{10, 20, 30});
    CHECK(tiles[2].pixels[0] == Rgb{40, 50, 60});
    for (const char* words : {"7_0293.pgd", "lenet5.h5", "L∞ 0.25", "original", "adversarial", "7 (0.9998)",
                              "3 (0.6120)", "probability", "0.6120"})
      CHECK_MESSAGE(has_text(scene, words), words);
  }
}

TEST_CASE("the factor of a difference is round, and its scale agrees with it") {
  CHECK(round_factor(1, 8.0 / 255) == doctest::Approx(10));
  CHECK(round_factor(1, 0.01F) == doctest::Approx(50));
  CHECK(round_factor(1, 0.25) == doctest::Approx(2));
  CHECK(round_factor(1, 1) == doctest::Approx(0.5));
  CHECK(round_factor(255, 255) == doctest::Approx(0.5));
  CHECK(round_factor(1, 0) == 0);
  std::vector<float> difference(4, 0);
  difference[1] = 0.05F;
  difference[2] = -0.025F;
  PictureChange sheet = change_of(difference, 2, 2, 1);
  Scene scene = draw(sheet);
  const Bitmap change = all<Bitmap>(scene).at(1);
  CHECK(change.pixels[0] == Rgb{255, 255, 255});
  CHECK(change.pixels[1] == map(Colormap::blue_white_red, 1));
  CHECK(change.pixels[2] == map(Colormap::blue_white_red, 0.25));
  CHECK(has_text(scene, "perturbation × 10"));
  CHECK(has_text(scene, "−0.05"));
  CHECK(all<Gradient>(scene).size() == 1);
  // The largest change need not be at the end of the scale.
  sheet.difference[1] = 0.03F;
  scene = draw(sheet);
  CHECK(has_text(scene, "perturbation × 10"));
  CHECK(all<Bitmap>(scene).at(1).pixels[1] != map(Colormap::blue_white_red, 1));
  // The same change of a picture from -1 to 1 is half as large.
  sheet.range = 2;
  CHECK(has_text(draw(sheet), "perturbation × 20"));
  for (float& d : sheet.difference) d = 0;
  scene = draw(sheet);
  CHECK(has_text(scene, "no perturbation"));
  check_tidy(scene);
}

TEST_CASE("without a sum the difference comes last, and a formula is set in parentheses") {
  std::vector<float> difference(4, 0);
  difference[3] = 2;
  PictureChange sheet = change_of(difference, 2, 2, 1);
  sheet.sum = false;
  sheet.before_name = "A";
  sheet.after_name = "B";
  sheet.difference_name = "B − A";
  sheet.range = 255;
  sheet.unit = "pixel values of 0 to 255";
  const Scene scene = draw(sheet);
  check_tidy(scene);
  const std::vector<Bitmap> tiles = all<Bitmap>(scene);
  REQUIRE(tiles.size() == 3);
  CHECK(tiles[1].pixels[0] == Rgb{40, 50, 60});
  CHECK(tiles[2].pixels[0] == Rgb{255, 255, 255});
  CHECK(has_text(scene, "(B − A) × 50"));
  CHECK(has_text(scene, "pixel values of 0 to 255"));
  CHECK_FALSE(has_text(scene, "+"));
}

TEST_CASE("a perturbation in colour is red, green and blue about the middle grey") {
  const std::vector<float> difference{0, 0, 0, 0.1F, 0, 0, 0, -0.1F, 0, 0.1F, 0.1F, 0.1F};
  const Scene scene = draw(change_of(difference, 2, 2, 3));
  check_tidy(scene);
  const std::vector<Rgb> pixels = all<Bitmap>(scene).at(1).pixels;
  const std::uint8_t middle = pixels[0].r;
  CHECK(middle >= 126);
  CHECK(middle <= 129);
  CHECK(pixels[0] == Rgb{middle, middle, middle});
  CHECK(pixels[1] == Rgb{255, middle, middle});
  CHECK(pixels[2] == Rgb{middle, 0, middle});
  CHECK(pixels[3] == Rgb{255, 255, 255});
  CHECK(has_text(scene, "perturbation × 5"));
  CHECK(has_text(scene, "about the middle grey"));
}

TEST_CASE("of a perturbation with more pixels than fit, the largest changes are shown") {
  // Signs that alternate have a mean of 0.
  std::vector<float> difference(std::size_t{400} * 400);
  for (std::size_t i = 0; i < difference.size(); ++i) difference[i] = (i % 2 == 0 ? 1.0F : -1.0F) * 0.01F;
  PictureChange sheet = change_of(difference, 400, 400, 1);
  sheet.page.exact = true;
  sheet.page.width = 460;
  const Scene scene = draw(sheet);
  check_tidy(scene);
  CHECK(scene.width <= 460);
  CHECK(has_text(scene, "means over"));
  const Bitmap change = all<Bitmap>(scene).at(1);
  for (const Rgb pixel : change.pixels) CHECK_FALSE(pixel == Rgb{255, 255, 255});
}

TEST_CASE("a change that is not finite is marked and counted") {
  const std::vector<float> difference{0.5F, std::nanf(""), -0.25F, 0};
  const PictureChange sheet = change_of(difference, 2, 2, 1);
  const Scene scene = draw(sheet);
  CHECK(all<Bitmap>(scene).at(1).pixels[1] == sheet.theme.bad);
  CHECK(has_text(scene, "not finite: 1"));
}

TEST_CASE("an exact page is filled, and pixels of the device are whole") {
  const std::vector<float> difference = ramp(28 * 28, -0.25F, 0.25F);
  PictureChange sheet = change_of(difference, 28, 28, 1);
  const Compose compose = [&sheet](const Page& page) {
    sheet.page = page;
    return draw(sheet);
  };
  Print print;
  print.width = parse_length("3.3in", "--width");
  const Printed result = printed(compose, print);
  CHECK(result.width == doctest::Approx(3.3 * 96));
  check_tidy(result.scene);
  for (const Bitmap& tile : all<Bitmap>(result.scene)) {
    const double pixels = tile.cell_width / result.grain;
    CHECK(pixels == doctest::Approx(std::round(pixels)));
  }
}

TEST_CASE("pictures and numbers that do not agree are refused") {
  const std::vector<float> difference(12);
  CHECK_NOTHROW(draw(change_of(difference, 2, 2, 3)));
  CHECK_THROWS_AS(draw(change_of(difference, 2, 3, 1)), Error);
  CHECK_THROWS_AS(draw(change_of(difference, 2, 3, 2)), Error);
  CHECK_THROWS_AS(draw(change_of({}, 0, 0, 1)), Error);
  PictureChange other = change_of(difference, 3, 4, 1);
  other.after = picture_of(4, 3, {}, "");
  CHECK_THROWS_AS(draw(other), Error);
}
