#include "nv/render/charts/map_grid.h"

#include <doctest/doctest.h>

#include <limits>

#include "nv/core/error.h"
#include "nv/render/backends/raster.h"
#include "nv/render/charts/sequences.h"
#include "render/support.h"

using namespace nv::render;
using namespace nv::render::test;

namespace {

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

MapGrid grid_of(const std::vector<float>& values, int channels, int rows, int cols) {
  MapGrid grid;
  grid.title = "conv1";
  grid.kind = "Conv2D";
  grid.shape_text = "a shape";
  grid.source = "lenet5";
  grid.caption = "input 7.png, predicted 7";
  grid.maps = maps_of(values, channels, rows, cols);
  return grid;
}

}  // namespace

TEST_CASE("a sheet of maps has layer, kind, shape, model, input, scale and range") {
  const std::vector<float> values = ramp(6 * 28 * 28, 0, 1.5F);
  const Scene scene = draw(grid_of(values, 6, 28, 28));
  for (const char* words :
       {"conv1", "Conv2D", "a shape", "lenet5", "7.png", "activation", "0.5", "1.0", "max 1.5", "6 channels"})
    CHECK_MESSAGE(has_text(scene, words), words);
  CHECK(all<Bitmap>(scene).size() == 6);
  CHECK(all<Gradient>(scene).size() == 1);
  CHECK(scene.width <= 1000);
  CHECK(scene.width / scene.height > 1.2);
  CHECK(scene.width / scene.height < 1.7);
}

TEST_CASE("sheets of any size are tidy: nothing leaves the page, nothing covers anything") {
  struct Size {
    int channels, rows, cols;
  };
  for (const Size s : {Size{1, 1, 1},
                       {6, 28, 28},
                       {128, 4, 4},
                       {64, 16, 16},
                       {300, 7, 7},
                       {9, 40, 3},
                       {2, 3, 300},
                       {96, 1, 1}})
    for (const ScaleMode mode : {ScaleMode::shared, ScaleMode::separate, ScaleMode::symmetric})
      for (const double width : {320.0, 1000.0}) {
        INFO(s.channels, " x ", s.rows, " x ", s.cols, ", width ", width);
        const std::vector<float> values = ramp(
            static_cast<std::size_t>(s.channels) * static_cast<std::size_t>(s.rows * s.cols), -0.5F, 123456);
        MapGrid grid = grid_of(values, s.channels, s.rows, s.cols);
        grid.title =
            "block_12_project_BN/some/very/long/path/слой/that/goes/on/and/on/for/longer/than/a/page";
        grid.source = "a model with quite a long name of its own, too.h5";
        grid.maps.front().frozen = true;
        grid.maps.back().dead = true;
        grid.scale = mode;
        grid.page.width = width;
        check_tidy(draw(grid));
      }
}

TEST_CASE("maps share the layer's scale, or each has its own, with a note") {
  const std::vector<float> values = {0, 1, 0, 10};
  MapGrid grid = grid_of(values, 2, 1, 2);
  const auto last_colour = [&grid](std::size_t map) { return all<Bitmap>(draw(grid))[map].pixels[1]; };
  CHECK(last_colour(1) == map(Colormap::viridis, 1));
  CHECK(last_colour(0) == map(Colormap::viridis, 0.1));
  grid.scale = ScaleMode::separate;
  CHECK(last_colour(0) == map(Colormap::viridis, 1));
  CHECK(has_text(draw(grid), "each channel has a scale of its own"));
}

TEST_CASE("signed data about 0: white is 0") {
  const std::vector<float> values = {-1, 0, 0.5F, 4};
  MapGrid grid = grid_of(values, 1, 2, 2);
  grid.scale = ScaleMode::symmetric;
  const Bitmap bitmap = all<Bitmap>(draw(grid)).at(0);
  CHECK(bitmap.pixels[1] == Rgb{255, 255, 255});
  CHECK(bitmap.pixels[3] == map(Colormap::blue_white_red, 1));
  CHECK(has_text(draw(grid), "−4"));
}

TEST_CASE(
    "inactive channels are outlined, frozen ones grey without their values, and the legend explains it") {
  std::vector<float> values = ramp(3 * 16, 1, 2);
  std::fill(values.begin() + 16, values.begin() + 32, 0.0F);
  MapGrid grid = grid_of(values, 3, 4, 4);
  CHECK(grid.maps[1].dead);
  CHECK(!grid.maps[0].dead);
  grid.maps[2].frozen = true;
  const Scene scene = draw(grid);
  REQUIRE(all<Bitmap>(scene).size() == 2);
  CHECK(all<Bitmap>(scene)[0].frame->dash == 0);
  CHECK(all<Bitmap>(scene)[1].frame->dash > 0);
  CHECK(has_text(scene, "inactive (every value 0): 1"));
  CHECK(has_text(scene, "frozen: 2"));
  CHECK(has_text(scene, "max 1.32"));  // of what is shown
}

TEST_CASE("cells that are not finite have a separate colour and are counted below") {
  std::vector<float> values = ramp(16);
  values[3] = not_a_number;
  values[4] = std::numeric_limits<float>::infinity();
  const MapGrid grid = grid_of(values, 1, 4, 4);
  const Scene scene = draw(grid);
  CHECK(all<Bitmap>(scene)[0].pixels[3] == grid.theme.bad);
  CHECK(has_text(scene, "not finite: 2 cells"));
  const std::vector<float> none(16, not_a_number);
  CHECK(has_text(draw(grid_of(none, 1, 4, 4)), "no finite value"));
}

TEST_CASE("chosen channels keep their numbers") {
  const std::vector<float> values = ramp(64 * 9);
  MapGrid grid = grid_of(values, 64, 3, 3);
  grid.maps = {grid.maps[3], grid.maps[17], grid.maps[40]};
  const Scene scene = draw(grid);
  for (const char* number : {"3", "17", "40"}) {
    const std::vector<Text> texts = all<Text>(scene);
    CHECK(std::any_of(texts.begin(), texts.end(), [number](const Text& t) { return t.text == number; }));
  }
}

TEST_CASE("no maps are an empty sheet, values that do not fit the map's size are refused") {
  CHECK(draw(MapGrid{}).width > 0);
  const std::vector<float> values = ramp(3);
  MapGrid grid;
  grid.maps.push_back({0, 5, 5, values, false, false});
  CHECK_THROWS_AS(draw(grid), nv::Error);
  grid.maps[0].cols = -5;
  CHECK_THROWS_AS(draw(grid), nv::Error);
  CHECK_THROWS_AS(maps_of(values, 2, 2, 2), nv::Error);
  CHECK_THROWS_AS(maps_of(values, -1, 2, 2), nv::Error);
}

TEST_CASE("a sheet without its heading is shorter") {
  const std::vector<float> values = ramp(36);
  MapGrid grid = grid_of(values, 4, 3, 3);
  const double height = draw(grid).height;
  grid.page.title = false;
  CHECK(draw(grid).height < height - 40);
  CHECK(!has_text(draw(grid), "conv1"));
}

TEST_CASE("sequences are a heat map with a row per channel") {
  const std::vector<float> values = ramp(8 * 50, -1, 1);
  SequenceSheet sheet;
  sheet.title = "conv1d";
  sheet.channels = 8;
  sheet.length = 50;
  sheet.values = values;
  sheet.frozen = {2};
  sheet.scale = ScaleMode::symmetric;
  const Scene scene = draw(sheet);
  const Bitmap bitmap = all<Bitmap>(scene).at(0);
  CHECK(bitmap.columns == 50);
  CHECK(bitmap.rows == 8);
  CHECK(bitmap.pixels[2 * 50] == sheet.theme.frozen);
  CHECK(bitmap.pixels[0] == map(Colormap::blue_white_red, 0));
  CHECK(has_text(scene, "8 channels"));
  CHECK(has_text(scene, "step"));
  check_tidy(scene);
  sheet.length = 3000;
  CHECK_THROWS_AS(draw(sheet), nv::Error);
}
