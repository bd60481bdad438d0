#include "nv/figures/comparison/layer_change.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "figures/comparison/support.h"
#include "render/support.h"

using namespace nv;
using namespace nv::figures;
using namespace nv::render::test;
using nv::test::TwoDigits;
using render::Scene;

namespace {

const LayerDifference& layer_at(const std::vector<LayerDifference>& layers, std::size_t node) {
  return *std::ranges::find(layers, node, &LayerDifference::index);
}

}  // namespace

TEST_CASE("the maps of A, B and B - A have short names, the caption says what they are") {
  TwoDigits two;
  PassPair pair = two.pair();
  pair.caption = "A: " + std::string(200, 'x') + ", 7  ·  B: y, 1";
  const std::vector<LayerDifference> layers = two.layers(pair);
  const Scene scene = layer_change(pair, layer_at(layers, two.node("conv1")), 4);
  check_tidy(scene);
  for (const char* words :
       {"A", "B", "B − A", "B: y, 1", "relative L2", "4 of 6 channels, the largest difference"})
    CHECK_MESSAGE(has_text(scene, words), words);
  CHECK(all<render::Bitmap>(scene).size() == 12);
  Style style;
  style.channels.emplace("3,1");
  const Scene chosen = layer_change(pair, layer_at(layers, two.node("conv1")), 4, style);
  CHECK(has_text(chosen, "2 of 6 channels, as chosen"));
}

TEST_CASE("an input is shown as a picture with the difference of its pixels") {
  TwoDigits two;
  const PassPair pair = two.pair();
  const Scene scene = layer_change(pair, layer_at(two.layers(pair), 0), 8);
  check_tidy(scene);
  const std::vector<render::Bitmap> tiles = all<render::Bitmap>(scene);
  REQUIRE(tiles.size() == 3);
  for (std::size_t k = 0; k < 2; ++k)  // grey
    for (const render::Rgb& p : tiles[k].pixels) CHECK((p.r == p.g && p.g == p.b));
  CHECK(has_text(scene, "values of 0 to 1"));  // as the numbers of the table
  PassPair raw = two.pair();
  raw.preprocess.scale = Scale::raw;
  CHECK(has_text(layer_change(raw, layer_at(two.layers(raw), 0), 8), "pixel values of 0 to 255"));
  // Values that no picture has.
  Trace scaled = two.trace;
  for (float& v : scaled.outputs[0].values()) v *= 40;
  const PassPair other{{two.engine, scaled, 0}, {two.engine, scaled, 1}, two.matching};
  const Scene maps = layer_change(other, layer_at(two.layers(other), 0), 8);
  CHECK_FALSE(has_text(maps, "pixel values"));
  CHECK(has_text(maps, "1 channel"));
}

TEST_CASE("units of a vector: the order and frozen ones are named") {
  TwoDigits two;
  Engine frozen = nv::test::lenet(1);
  frozen.freeze({{two.node("fc1"), {5, 7}}});
  const Trace after = frozen.forward(std::vector{two.trace.outputs[0]});
  PassPair pair{
      {two.engine, two.trace, 0}, {frozen, after, 0}, two.matching, "intact", "frozen", "difference"};
  const std::vector<LayerDifference> layers = two.layers(pair);
  const Scene scene = layer_change(pair, layer_at(layers, two.node("fc1")), 3);
  check_tidy(scene);
  CHECK(has_text(scene, "6 of 120 units, the largest difference first"));
  CHECK(has_text(scene, " (frozen)"));
  CHECK_FALSE(has_text(layer_change(pair, layer_at(layers, two.node("fc2")), 3), "(frozen)"));
}

TEST_CASE("a frozen channel is shown even if it differs in nothing") {
  TwoDigits two;
  const std::size_t fc1 = two.node("fc1");
  const Tensor intact = two.trace.outputs[fc1].item(0);
  std::int64_t silent = intact.size() - 1;
  while (intact[silent] != 0) --silent;
  REQUIRE(silent > 10);
  Engine frozen = nv::test::lenet(1);
  frozen.freeze({{fc1, {silent}}});
  const Trace after = frozen.forward(std::vector{two.trace.outputs[0]});
  PassPair pair{
      {two.engine, two.trace, 0}, {frozen, after, 0}, two.matching, "intact", "frozen", "difference"};
  const Scene scene = layer_change(pair, layer_at(two.layers(pair), fc1), 3);
  CHECK(has_text(scene, "6 of 120 units, the largest difference first"));
  CHECK(has_text(scene, std::to_string(silent) + " (frozen)"));
}

TEST_CASE("names wider than the maps do not touch each other") {
  const std::vector<float> values(40, 0.5F);
  ChangeSheet sheet;
  sheet.title = "tall";
  sheet.before_name = "original";
  sheet.after_name = "adversarial";
  sheet.difference_name = "difference";
  sheet.channels = 8;
  for (int c = 0; c < 8; ++c) sheet.pairs.push_back({{c, 40, 1, values}, {c, 40, 1, values}});
  check_tidy(draw(sheet));
}
